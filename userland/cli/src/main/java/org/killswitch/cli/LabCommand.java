package org.killswitch.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code killswitch lab ...}. */
@Command(
        name = "lab",
        header = "Rehearse on stock kernels in disposable virtual machines.",
        description = {
            "",
            "Kernels are fetched from Debian's archive without being installed, and run in QEMU without root and"
                    + " without KVM. Downloads and what is built are kept in $$XDG_CACHE_HOME/killswitch"
                    + " (~/.cache/killswitch).",
            ""
        })
final class LabCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    /** The command with its own commands. */
    static CommandLine create(Host host) {
        CommandLine run = new CommandLine(new LabRunCommand(host)).setStopAtPositional(true);
        return new CommandLine(new LabCommand())
                .addSubcommand(new CommandLine(new LabKernelsCommand(host)))
                .addSubcommand(new CommandLine(new LabMatrixCommand(host)))
                .addSubcommand(run);
    }

    /** Without a command of its own there is nothing to do but to say which there are. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
        throw new ParameterException(spec.commandLine(), "which of them? No command given");
    }
}
