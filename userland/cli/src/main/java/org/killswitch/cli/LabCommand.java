package org.killswitch.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code killswitch lab ...}. */
@Command(
        name = "lab",
        header = "Rehearse on stock kernels in disposable virtual machines.",
        description = {
            "",
            "Kernels are fetched from Debian's archive without being installed, or built from its sources (those that"
                    + " 'killswitch lab kernels' lists last), and run in QEMU without root and without KVM. Downloads"
                    + " and what is built are kept in $$XDG_CACHE_HOME/killswitch (~/.cache/killswitch).",
            ""
        })
final class LabCommand extends CommandGroup {

    /** The command with its own commands. */
    static CommandLine create(Host host) {
        CommandLine run = new CommandLine(new LabRunCommand(host)).setStopAtPositional(true);
        return new CommandLine(new LabCommand())
                .addSubcommand(new CommandLine(new LabBenchCommand(host)))
                .addSubcommand(new CommandLine(new LabFaultsCommand(host)))
                .addSubcommand(new CommandLine(new LabFuzzCommand(host)))
                .addSubcommand(new CommandLine(new LabHostileCommand(host)))
                .addSubcommand(new CommandLine(new LabKernelsCommand(host)))
                .addSubcommand(new CommandLine(new LabMatrixCommand(host)))
                .addSubcommand(new CommandLine(new LabPlotCommand(host)))
                .addSubcommand(run)
                .addSubcommand(new CommandLine(new LabStressCommand(host)));
    }
}
