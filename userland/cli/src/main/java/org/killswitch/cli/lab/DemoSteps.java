// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.killswitch.lab.Output;

/** What the demo shows: the way to CVE-2026-31431 closed and opened again, with the outcome that makes each step true. */
final class DemoSteps {

    /** The guest's file names that the commands below rely on. */
    static final String MODULE = "killswitch.ko";

    static final String PROGRAM = "af_alg_aead";

    private static final String USE = "su nobody -c " + PROGRAM;
    private static final String FUNCTION = "af_alg_sendmsg";
    private static final Pattern ROW_WITH_HITS =
            Pattern.compile("^" + FUNCTION + " +-1 \\(EPERM\\) +[1-9]\\d* +engaged ", Pattern.MULTILINE);

    /**
     * One thing that is done.
     *
     * @param headline what it is about, for someone who has never heard of it
     * @param command as it is typed
     * @param objection what is wrong with an outcome; empty for the expected one
     */
    record Step(String headline, String command, Function<Output, Optional<String>> objection) {}

    private DemoSteps() {}

    /** The steps, to be done in this order in one guest. */
    static List<Step> steps() {
        return List.of(
                new Step("This is a stock distribution kernel.", "uname -a", prints("Linux")),
                new Step(
                        "Any user can encrypt through AF_ALG. CVE-2026-31431 is a bug on this path, which is open.",
                        USE,
                        DemoSteps::succeeds),
                new Step(
                        "Load the killswitch module: no patch, no rebuild, no reboot.",
                        "insmod " + MODULE,
                        DemoSteps::succeeds),
                new Step(
                        "Close the path: from now on a kernel function on it fails without running its body.",
                        "killswitch engage " + FUNCTION + " -EPERM",
                        prints(FUNCTION + " now returns -1 (EPERM)")),
                new Step(
                        "The same program, the same user: the kernel refuses before the bug can be reached.",
                        USE,
                        fails(2, "sendmsg: Operation not permitted (EPERM)")),
                new Step(
                        "What is closed, and how many calls were refused.", "killswitch status", DemoSteps::countsHits),
                new Step(
                        "A fixed kernel has been booted, or it was a false alarm: open the path again.",
                        "killswitch disengage " + FUNCTION,
                        prints(FUNCTION + " runs its own code again")),
                new Step("Everything works as before.", USE, DemoSteps::succeeds));
    }

    private static Optional<String> succeeds(Output output) {
        return objectionUnless(output.status() == 0, "it should have succeeded", output);
    }

    private static Function<Output, Optional<String>> prints(String text) {
        return output -> objectionUnless(
                output.status() == 0 && output.output().contains(text),
                "it should have succeeded and said '" + text + "'",
                output);
    }

    private static Function<Output, Optional<String>> fails(int status, String text) {
        return output -> objectionUnless(
                output.status() == status && output.output().contains(text),
                "it should have been refused with exit status " + status + " and '" + text + "'",
                output);
    }

    private static Optional<String> countsHits(Output output) {
        return objectionUnless(
                output.status() == 0 && ROW_WITH_HITS.matcher(output.output()).find(),
                "it should have counted the refused calls",
                output);
    }

    private static Optional<String> objectionUnless(boolean expected, String objection, Output output) {
        return expected ? Optional.empty() : Optional.of(objection + "; its exit status was " + output.status());
    }
}
