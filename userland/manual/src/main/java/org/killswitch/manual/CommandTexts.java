// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.manual;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What both a manual and a completion want to know of a command. */
final class CommandTexts {
    private CommandTexts() {}

    /** Its own commands, but for help, which is no subject of a manual. */
    static Map<String, CommandLine> below(CommandLine command) {
        Map<String, CommandLine> below = new LinkedHashMap<>(command.getSubcommands());
        below.values()
                .removeIf(c -> c.getCommandSpec().helpCommand()
                        || c.getCommandSpec().usageMessage().hidden());
        return below;
    }

    static List<OptionSpec> options(CommandLine command) {
        return command.getCommandSpec().options().stream()
                .filter(o -> !o.hidden())
                .toList();
    }

    static List<PositionalParamSpec> parameters(CommandLine command) {
        return command.getCommandSpec().positionalParameters().stream()
                .filter(p -> !p.hidden())
                .toList();
    }

    /** The line that says what it does. */
    static String header(CommandLine command) {
        return text(command.getCommandSpec().usageMessage().header());
    }

    static String description(ArgSpec arg) {
        return text(arg.description());
    }

    /** Lines of a help text, as picocli shows them. */
    static String text(String... lines) {
        return Arrays.stream(lines)
                .map(l -> Ansi.OFF.string(l.replace("%%", "%").replace("%n", "\n")))
                .collect(Collectors.joining(" "))
                .strip();
    }
}
