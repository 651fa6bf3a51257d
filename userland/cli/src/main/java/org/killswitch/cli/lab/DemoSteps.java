// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.killswitch.lab.Output;

/**
 * What the demo shows: CVE-2026-31431 closed on a kernel that has it, and opened again on one that has the fix, with the
 * outcome that makes each step true.
 */
final class DemoSteps {

    /** The guest's file names that the commands below rely on. */
    static final String MODULE = "killswitch.ko";

    static final String DOOR = "door";

    /** What persist writes, and the host has after the reboot, too. */
    static final String POLICY = "/etc/killswitch/policy.d/zz-persist.yaml";

    private static final String CVE = "CVE-2026-31431";
    private static final String USE = "su nobody -c '" + DOOR + " af_alg_aead'";
    private static final String FUNCTION = "algif_aead:aead_bind";
    private static final Pattern WHO =
            Pattern.compile("^\\S+ \\S+ +" + FUNCTION + " +\\d+ +door +nobody ", Pattern.MULTILINE);

    /**
     * One thing that is done.
     *
     * @param headline what it is about, for someone who has never heard of it
     * @param command as it is typed
     * @param objection what is wrong with an outcome; empty for the expected one
     */
    record Step(String headline, String command, Function<Output, Optional<String>> objection) {}

    private DemoSteps() {}

    /** The steps on the kernel with the flaw, to be done in this order in one guest. */
    static List<Step> affected() {
        return List.of(
                new Step(
                        "This is a stock distribution kernel that was not updated for a while.",
                        "uname -srv",
                        prints("Debian")),
                new Step(
                        "A CVE is public. Does this kernel have it, what closes it, and what does that break?",
                        "killswitch cve show " + CVE + " | grep -E '^(CVE|\\*|Engage|Breaks)'",
                        prints("): affected\n", "\nEngage: " + FUNCTION + " -1 (EPERM)", "\nBreaks: ")),
                new Step("Any user gets to the flawed code.", USE, prints("open")),
                new Step(
                        "Close it: no patch, no rebuild, no reboot.",
                        "insmod " + MODULE + " && killswitch cve apply " + CVE,
                        prints("+ " + FUNCTION + " returns -1 (EPERM)")),
                new Step(
                        "Watch who comes to what is closed.",
                        "killswitch watch > watched 2>&1 & until [ -s watched ]; do sleep 0.1; done",
                        DemoSteps::succeeds),
                new Step(
                        "The same user: the kernel refuses before the flaw can be reached.",
                        USE,
                        fails(1, "closed: bind: EPERM")),
                new Step(
                        "watch names who it was.",
                        "for i in $(seq 50); do grep -q nobody watched && break; sleep 0.1; done; cat watched",
                        DemoSteps::names),
                new Step(
                        "Keep it closed after a reboot.",
                        "killswitch persist",
                        prints("zz-persist.yaml has 3 entries")));
    }

    /** The steps on the kernel with the fix, which the host boots some days later. */
    static List<Step> fixed() {
        return List.of(
                new Step(
                        "The update is here and booted; the policy is what it was.",
                        "uname -srv && cat " + POLICY,
                        prints("Debian", FUNCTION)),
                new Step(
                        "killswitch.service engages the policy at boot.",
                        "insmod " + MODULE + " && killswitch apply",
                        prints("+ " + FUNCTION + " returns -1 (EPERM)")),
                new Step(
                        "This kernel has the fix.",
                        "killswitch cve show " + CVE + " | grep -E '^(CVE|\\*)'",
                        prints("): fixed\n")),
                new Step(
                        "What is closed is not needed any more: open it.",
                        "killswitch cve retire",
                        prints(CVE + " is fixed", FUNCTION + " runs its own code again")),
                new Step("Everything works as before, without the flaw.", USE, prints("open")));
    }

    private static Optional<String> succeeds(Output output) {
        return objectionUnless(output.status() == 0, "it should have succeeded", output);
    }

    private static Function<Output, Optional<String>> prints(String... texts) {
        return output -> objectionUnless(
                output.status() == 0 && List.of(texts).stream().allMatch(output.output()::contains),
                "it should have succeeded and said '"
                        + String.join("', '", texts).replace("\n", "") + "'",
                output);
    }

    private static Function<Output, Optional<String>> fails(int status, String text) {
        return output -> objectionUnless(
                output.status() == status && output.output().contains(text),
                "it should have been refused with exit status " + status + " and '" + text + "'",
                output);
    }

    private static Optional<String> names(Output output) {
        return objectionUnless(
                output.status() == 0 && WHO.matcher(output.output()).find(),
                "it should have named the program and its user",
                output);
    }

    private static Optional<String> objectionUnless(boolean expected, String objection, Output output) {
        return expected ? Optional.empty() : Optional.of(objection + "; its exit status was " + output.status());
    }
}
