// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import org.killswitch.cli.CommandGroup;
import org.killswitch.cli.Errors;
import org.killswitch.cli.Host;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code script/dev}. Exit status as that of killswitch: 0 done, 1 failed, 2 usage. */
@Command(
        name = "script/dev",
        header =
                "Tools for this repository: benchmarks, stress tests of the module, and verification of the catalogue, in guests.",
        description = {"", "They need a clone of the project, and are not installed.", ""})
final class Dev extends CommandGroup {

    private Dev() {}

    /** The process. */
    public static void main(String[] args) {
        int status = run(Host.ofThisProcess(), args);
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(status);
    }

    static int run(Host host, String... args) {
        CommandLine main = new CommandLine(new Dev())
                .addSubcommand(new CommandLine(new AdviceCommand(host)))
                .addSubcommand(new CommandLine(new BenchCommand(host)))
                .addSubcommand(new CommandLine(new FaultsCommand(host)))
                .addSubcommand(new CommandLine(new FleetCommand(host)))
                .addSubcommand(new CommandLine(new FleetDemoCommand(host)))
                .addSubcommand(new CommandLine(new FuzzCommand(host)))
                .addSubcommand(new CommandLine(new MatrixCommand(host)))
                .addSubcommand(new CommandLine(new PlotCommand(host)))
                .addSubcommand(new CommandLine(new HostileCommand(host)))
                .addSubcommand(new CommandLine(new StressCommand(host)))
                .addSubcommand(new CommandLine(new VerifyCommand(host)))
                .addSubcommand(new CommandLine.HelpCommand());
        try {
            return Errors.reportTo(host, main).execute(args);
        } finally {
            host.out().flush();
            host.err().flush();
        }
    }
}
