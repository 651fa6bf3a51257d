// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.lab.CommandInGuest;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Lab;
import org.killswitch.lab.LabException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code killswitch lab run}. */
@Command(
        name = "run",
        header = "Boot a stock kernel and run a command in it.",
        description = {
            "",
            "The guest has busybox and what the options put there. The command's output and errors are passed on as they"
                    + " come. A kernel that panics, oopses, warns or hangs is an error,"
                    + " whatever the command's exit status.",
            ""
        },
        footer = {
            "",
            "Exit status: that of the command; 125 if the lab fails or the usage is wrong, with an error message.",
            "",
            "Examples:",
            "  killswitch lab run --kernel 6.1 -- uname -a",
            "  killswitch lab run --module --cli -- killswitch check cmdline_proc_show -EIO"
        },
        exitCodeOnExecutionException = LabRunCommand.FAILED,
        exitCodeOnInvalidInput = LabRunCommand.FAILED)
final class LabRunCommand implements Callable<Integer> {

    /** Not the command's exit status, as with env(1) and timeout(1). */
    static final int FAILED = 125;

    /** Where a guest's commands start. */
    private static final String GUEST_HOME = "/root";

    private final Host host;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec commandSpec;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Mixin
    private final KernelOption kernelOption = new KernelOption();

    @Mixin
    private final YesOption yes = new YesOption();

    @Option(
            names = "--module",
            description = "Build the kernel modules from the sources, copy them to /modules in the guest, and load"
                    + " killswitch.")
    private boolean module;

    @Mixin
    private final SourcesOption sources = new SourcesOption();

    @Option(
            names = "--cli",
            description = "Put this command with its Java runtime into the guest; takes 2 GiB of memory.")
    private boolean cli;

    @Option(
            names = "--file",
            paramLabel = "FILE[:PATH]",
            description =
                    "Copy a file or folder to PATH in the guest (default: in /root); shared libraries of a program"
                            + " are copied, too. Can be given more than once.")
    private List<String> files = List.of();

    @Option(
            names = "--available",
            paramLabel = "MODULE",
            split = ",",
            description = "Put a module of the kernel into the guest, for modprobe and autoloading.")
    private List<String> available = List.of();

    @Option(names = "--append", paramLabel = "WORDS", description = "Add words to the kernel's command line.")
    private @Nullable String append;

    @Option(
            names = "--cpus",
            paramLabel = "N",
            defaultValue = "2",
            description = "Number of CPUs (default: ${DEFAULT-VALUE}).")
    private int cpus;

    @Option(
            names = "--count-instructions",
            description =
                    "Make the guest's time a count of instructions, one nanosecond each; idle time passes at once."
                            + " Requires --cpus 1.")
    private boolean countInstructions;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10m",
            converter = Converters.ToTime.class,
            description = "Time limit of the command, as in 30s or 5m (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Duration timeout;

    @Parameters(
            arity = "1..*",
            paramLabel = "COMMAND",
            description = "A command and its arguments; a single word is run as a shell script.")
    @SuppressWarnings("NullAway.Init")
    private List<String> command;

    LabRunCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        if (cpus < 1) {
            throw new ParameterException(commandSpec.commandLine(), "--cpus " + cpus + ": a guest has 1 CPU or more");
        }
        Lab lab = LabOfHost.open(host, yes);
        GuestSpec spec = spec();
        Kernel kernel = lab.kernel(kernelOption.release());
        if (cli) {
            spec = LabOfHost.withCommand(lab, kernel, spec);
        }
        if (module) {
            spec = spec.withFile(
                    "/modules", lab.buildModules(kernel, sources.tree().module()));
        }
        try (Guest guest = lab.boot(kernel, spec)) {
            if (module) {
                guest.require("insmod /modules/killswitch.ko");
            }
            if (cli) {
                CommandInGuest.link(guest);
            }
            return guest.run(LabOfHost.script(command), System.out, System.err);
        }
    }

    private GuestSpec spec() {
        GuestSpec spec = GuestSpec.standard()
                .withMachine(cpus, GuestSpec.standard().memory())
                .withAvailable(available)
                .withTimeout(timeout);
        if (countInstructions) {
            spec = spec.withInstructionCount();
        }
        if (append != null) {
            spec = spec.withAppend(List.of(append));
        }
        for (String file : files) {
            int colon = file.indexOf(':');
            Path path = Path.of(colon < 0 ? file : file.substring(0, colon));
            if (!Files.isReadable(path)) {
                throw new LabException("--file " + path + " cannot be read");
            }
            spec = spec.withFile(
                    colon < 0 ? GUEST_HOME + "/" + path.toAbsolutePath().getFileName() : file.substring(colon + 1),
                    path);
        }
        return spec;
    }
}
