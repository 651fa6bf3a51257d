// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import org.killswitch.cli.CommandGroup;
import org.killswitch.cli.Host;
import org.killswitch.lab.Lab;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code killswitch lab ...}. */
@Command(
        name = "lab",
        header = "Rehearse on stock kernels in disposable virtual machines.",
        description = {
            "",
            "Kernels are downloaded from Debian's archive without being installed, or built from its sources (the last"
                    + " ones that 'killswitch lab kernels' lists). They run in QEMU without root and without KVM. Downloads"
                    + " and builds are kept in $$XDG_CACHE_HOME/killswitch (~/.cache/killswitch) until 'killswitch lab clean'"
                    + " removes them.",
            ""
        })
public final class LabCommand extends CommandGroup {

    /** The command with its own commands. */
    public static CommandLine create(Host host) {
        CommandLine run = new CommandLine(new LabRunCommand(host)).setStopAtPositional(true);
        return new CommandLine(new LabCommand())
                .addSubcommand(new CommandLine(new LabKernelsCommand(host)))
                .addSubcommand(run)
                .addSubcommand(new CommandLine(new LabCleanCommand(host, Lab::caches)));
    }
}
