package org.killswitch.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.Lab;
import org.killswitch.lab.Trial;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands that treat the module roughly in a guest have in common. */
abstract class TrialCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(
            names = "--kernel",
            paramLabel = "SERIES",
            description = "Which kernel to boot (default: " + Trial.KERNEL + ", which tells of every mistake and is"
                    + " built when first used; for hostile 6.12, which has what the attacks need).")
    private @Nullable String series;

    private final String standard;

    TrialCommand(Host host) {
        this(host, Trial.KERNEL);
    }

    /** @param standard the kernel to boot unless another one is given */
    TrialCommand(Host host, String standard) {
        this.host = host;
        this.standard = standard;
    }

    /** The exit status of the program, whose output is passed on. */
    final int run(Trial.Program program, List<String> arguments, List<Path> files, Duration timeout) {
        SourceTree tree = SourceTree.required();
        Lab lab = GuestSetup.lab(host);
        return new Trial(lab, lab.kernel(KernelRelease.named(series == null ? standard : series)), tree.root())
                .run(program, arguments, files, timeout, System.out, System.err);
    }
}
