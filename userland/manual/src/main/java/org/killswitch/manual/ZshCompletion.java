// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.manual;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Completion for zsh: a function per command, which gives _arguments what the annotations say. Functions of the kernel
 * are completed by what symbols.zsh has.
 */
record ZshCompletion(CommandLine command) {

    /** Commands whose SYMBOL is any function; that of the others is engaged already. */
    private static final Set<String> OF_ANY_FUNCTION =
            Set.of("_killswitch_engage", "_killswitch_observe", "_killswitch_check");

    String script() {
        List<String> lines = new ArrayList<>();
        lines.add("#compdef " + command.getCommandName());
        lines.add("# Generated from the annotations of the command.");
        function(command, lines);
        return String.join("\n", lines) + "\n";
    }

    private void function(CommandLine of, List<String> lines) {
        String name = functionName(of);
        boolean more = !CommandTexts.below(of).isEmpty();
        lines.add("");
        lines.add(name + "() {");
        if (more) {
            lines.add("\tlocal curcontext=$curcontext state line");
            lines.add("\ttypeset -A opt_args");
        }
        StringJoiner arguments =
                new StringJoiner(" \\\n\t\t", "\t_arguments -s -S" + (more ? " -C" : "") + " \\\n\t\t", "");
        CommandTexts.options(of).forEach(o -> arguments.add(option(o)));
        CommandTexts.parameters(of).forEach(p -> arguments.add(parameter(name, p)));
        if (more) {
            arguments.add("'1:command:->command'").add("'*::argument:->argument'");
        }
        lines.add(arguments.toString());
        if (more) {
            dispatch(of, name, lines);
        }
        lines.add("}");
        CommandTexts.below(of).values().forEach(c -> function(c, lines));
    }

    private void dispatch(CommandLine of, String name, List<String> lines) {
        lines.add("\tcase $state in");
        lines.add("\tcommand)");
        lines.add("\t\tlocal -a commands=(");
        CommandTexts.below(of)
                .forEach((word, c) -> lines.add("\t\t\t" + quoted(word + ":" + summary(CommandTexts.header(c)))));
        lines.add("\t\t)");
        lines.add("\t\t_describe -t commands command commands");
        lines.add("\t\t;;");
        lines.add("\targument)");
        lines.add("\t\tcurcontext=${curcontext%:*:*}:" + name.substring(1) + "-$words[1]:");
        lines.add("\t\t(( ! $+functions[" + name + "_$words[1]] )) || " + name + "_$words[1]");
        lines.add("\t\t;;");
        lines.add("\tesac");
    }

    private static String functionName(CommandLine of) {
        return "_" + of.getCommandSpec().qualifiedName("_");
    }

    private String option(OptionSpec option) {
        List<String> names = List.of(option.names());
        String all = String.join(" ", names);
        String help = "[" + summary(CommandTexts.description(option)).replaceAll("([\\[\\]])", "\\\\$1") + "]";
        boolean again = option.isMultiValue();
        String specs = names.stream()
                .map(n -> quoted((again ? "*" : "(" + all + ")") + n + assignment(option, n) + help + value(option)))
                .collect(Collectors.joining(" "));
        return specs;
    }

    /** A long option's value comes after "=" or as a word of its own, an optional one after "=" only. */
    private static String assignment(OptionSpec option, String name) {
        if (option.arity().max() == 0) {
            return "";
        }
        boolean optional = option.arity().min() == 0;
        if (name.startsWith("--")) {
            return optional ? "=-" : "=";
        }
        return optional ? "-" : "+";
    }

    private static String value(OptionSpec option) {
        if (option.arity().max() == 0) {
            return "";
        }
        return (option.arity().min() == 0 ? "::" : ":") + escaped(option.paramLabel()) + ":" + action(option);
    }

    private static String parameter(String function, PositionalParamSpec parameter) {
        String action = action(parameter);
        if (parameter.paramLabel().equals("SYMBOL")) {
            action = OF_ANY_FUNCTION.contains(function) ? "_killswitch_functions" : "_killswitch_engaged";
        } else if (function.equals("_killswitch_bpf_remove")) {
            action = "_killswitch_pins";
        }
        String place = parameter.index().max() == Integer.MAX_VALUE
                        || parameter.index().isVariable()
                ? "*"
                : Integer.toString(parameter.index().min() + 1);
        return quoted(place + ":" + escaped(parameter.paramLabel()) + ":" + action);
    }

    private static String action(ArgSpec arg) {
        if (arg.completionCandidates() != null) {
            return StreamSupport.stream(arg.completionCandidates().spliterator(), false)
                    .collect(Collectors.joining(" ", "(", ")"));
        }
        return Arrays.asList(arg.typeInfo().getType(), arg.auxiliaryTypes()[0]).contains(Path.class) ? "_files" : "()";
    }

    /** The first sentence, and what _arguments and _describe take for their own. */
    private static String summary(String text) {
        return escaped(text.replaceAll(" \\([^)]*\\)", "")
                .replaceFirst("(?s)[.;:] .*", "")
                .replaceFirst("[.;:]$", ""));
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace(":", "\\:");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
