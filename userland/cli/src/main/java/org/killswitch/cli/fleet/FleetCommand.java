// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.host.Programs;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code killswitch fleet ...}: another program, with libraries that a host without a fleet has no use for. */
@Command(
        name = "fleet",
        header = "Roll a signed policy out to many hosts, ring by ring.",
        description = {
            "",
            "Runs killswitch-fleet, which has to be installed beside killswitch or on the PATH. Without a COMMAND it lists its"
                    + " commands; 'killswitch fleet COMMAND --help' describes one.",
            ""
        })
public final class FleetCommand implements Callable<Integer> {

    private static final String PROGRAM = "killswitch-fleet";

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "The command, with its arguments.")
    private List<String> arguments = List.of();

    /** The command, whose arguments are another program's. */
    public static CommandLine create(Host host) {
        return new CommandLine(new FleetCommand()).setStopAtPositional(true);
    }

    private static Optional<Path> program() {
        return Optional.ofNullable(System.getenv("KILLSWITCH_HOME"))
                .map(home ->
                        Path.of(home).resolveSibling(PROGRAM).resolve("bin").resolve(PROGRAM))
                .filter(Files::isExecutable)
                .or(() -> Programs.onPath().find(PROGRAM));
    }

    @Override
    public Integer call() throws PolicyException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(program()
                .orElseThrow(() -> new PolicyException(PROGRAM + " is not installed beside killswitch or on the PATH"))
                .toString());
        command.addAll(arguments);
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new PolicyException(PROGRAM + " cannot be run: " + e.getMessage(), e);
        }
    }
}
