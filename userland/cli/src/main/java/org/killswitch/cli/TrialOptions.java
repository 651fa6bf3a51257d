package org.killswitch.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.Lab;
import org.killswitch.lab.Trial;
import picocli.CommandLine.Option;

/** What the commands that treat the module roughly in a guest have in common. */
final class TrialOptions {

    @Option(
            names = "--kernel",
            paramLabel = "SERIES",
            defaultValue = Trial.KERNEL,
            description = "Which kernel to boot (default: ${DEFAULT-VALUE}, which tells of every mistake and is built"
                    + " when first used).")
    @SuppressWarnings("NullAway.Init")
    private String series;

    /** The exit status of the program, whose output is passed on. */
    int run(Host host, String program, List<String> arguments, List<Path> files, Duration timeout) {
        SourceTree tree = SourceTree.required();
        Lab lab = GuestSetup.lab(host);
        return new Trial(lab, lab.kernel(KernelRelease.named(series)), tree.root())
                .run(program, arguments, files, timeout, System.out, System.err);
    }
}
