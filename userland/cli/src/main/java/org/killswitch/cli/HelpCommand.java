// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code killswitch help [COMMAND...]}: that of {@code lab run}, too, which picocli's own does not find. */
@Command(name = "help", header = "Show the help of a command.", description = "", helpCommand = true)
final class HelpCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "The command, as in 'killswitch help lab run'.")
    private List<String> words = List.of();

    @Override
    public void run() {
        CommandLine command = spec.parent().commandLine();
        for (String word : words) {
            CommandLine below = command.getSubcommands().get(word);
            if (below == null) {
                throw new ParameterException(command, Errors.noCommand(word, command));
            }
            command = below;
        }
        command.usage(command.getOut());
    }
}
