// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.manual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The manual page of a command, in troff with the man macros.
 *
 * <p>Picocli's own generator writes AsciiDoc; this saves the build a second tool chain.
 *
 * @param more sections that the annotations do not have, in troff
 */
record ManPage(CommandLine command, String more) {

    /** In a footer: "Examples:" before lines of examples, or "Exit status: 0 done ...". */
    private static final Pattern TITLE = Pattern.compile("([A-Z][a-z]+(?: [a-z]+)?):(?: (.+))?");

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName("-");
    }

    String name() {
        return name(command);
    }

    String text() {
        List<String> page = new ArrayList<>();
        String version = String.join(" ", top().getCommandSpec().version());
        page.add(".\\\" Generated from the annotations of the command.");
        // no names of functions taken apart
        page.add(".nr HY 0");
        page.add(".TH " + quoted(name().toUpperCase(Locale.ROOT)) + " 8 \"\" " + quoted(version)
                + " \"System administration\"");
        page.add(".ad l");
        page.addAll(List.of(".SH NAME", escaped(name()) + " \\- " + escaped(lowerFirst(summary()))));
        page.addAll(List.of(".SH SYNOPSIS", synopsis()));
        description(page);
        arguments(page);
        commands(page);
        footer(page);
        page.addAll(more.lines().toList());
        seeAlso(page);
        return String.join("\n", page) + "\n";
    }

    private CommandLine top() {
        CommandLine top = command;
        while (top.getParent() != null) {
            top = top.getParent();
        }
        return top;
    }

    private String summary() {
        return CommandTexts.header(command).replaceFirst("\\.$", "");
    }

    private String synopsis() {
        String name = command.getCommandSpec().qualifiedName();
        // wide enough that nothing is folded, which is troff's business
        CommandLine.Help help = new CommandLine.Help(
                command.getCommandSpec(), CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        int width = command.getUsageHelpWidth();
        command.setUsageHelpWidth(10_000);
        try {
            String all = help.synopsis(0).strip();
            String rest = all.startsWith(name) ? all.substring(name.length()) : all;
            return "\\fB" + escaped(name) + "\\fR" + escaped(rest);
        } finally {
            command.setUsageHelpWidth(width);
        }
    }

    private void description(List<String> page) {
        List<String> paragraphs = new ArrayList<>();
        paragraphs.add(CommandTexts.header(command));
        Arrays.stream(command.getCommandSpec().usageMessage().description())
                .map(CommandTexts::text)
                .filter(l -> !l.isEmpty())
                .forEach(paragraphs::add);
        page.add(".SH DESCRIPTION");
        page.add(paragraphs.stream().map(ManPage::line).collect(Collectors.joining("\n.PP\n")));
    }

    private void arguments(List<String> page) {
        List<PositionalParamSpec> parameters = CommandTexts.parameters(command);
        if (!parameters.isEmpty()) {
            page.add(".SH ARGUMENTS");
            parameters.forEach(
                    p -> entry(page, "\\fI" + escaped(p.paramLabel()) + "\\fR", CommandTexts.description(p)));
        }
        page.add(".SH OPTIONS");
        for (OptionSpec option : CommandTexts.options(command)) {
            String names = Arrays.stream(option.names())
                    .map(n -> "\\fB" + escaped(n) + "\\fR")
                    .collect(Collectors.joining(", "));
            entry(page, names + value(option), CommandTexts.description(option));
        }
    }

    private static String value(OptionSpec option) {
        if (option.arity().max() == 0) {
            return "";
        }
        String value = "=\\fI" + escaped(option.paramLabel()) + "\\fR";
        return option.arity().min() == 0 ? "[" + value + "]" : value;
    }

    private void commands(List<String> page) {
        if (CommandTexts.below(command).isEmpty()) {
            return;
        }
        page.add(".SH COMMANDS");
        CommandTexts.below(command).forEach((name, below) -> {
            entry(page, "\\fB" + escaped(name) + "\\fR", CommandTexts.header(below) + " See " + name(below) + "(8).");
        });
    }

    private void footer(List<String> page) {
        List<String> notes = new ArrayList<>();
        List<String> examples = new ArrayList<>();
        for (String raw : command.getCommandSpec().usageMessage().footer()) {
            String line = CommandLine.Help.Ansi.OFF.string(raw);
            Matcher title = TITLE.matcher(line);
            if (line.startsWith("  ")) {
                examples.add(escaped(line.substring(2)));
            } else if (title.matches()) {
                endExamples(page, examples);
                page.add(".SH " + quoted(title.group(1).toUpperCase(Locale.ROOT)));
                if (title.group(2) != null) {
                    page.add(line(title.group(2)));
                }
            } else if (!line.isBlank()) {
                notes.add(line(line));
            }
        }
        endExamples(page, examples);
        if (!notes.isEmpty()) {
            page.add(".SH NOTES");
            page.add(String.join("\n.PP\n", notes));
        }
    }

    private static void endExamples(List<String> page, List<String> examples) {
        if (!examples.isEmpty()) {
            page.add(".EX");
            page.addAll(examples);
            page.add(".EE");
            examples.clear();
        }
    }

    private void seeAlso(List<String> page) {
        Stream<CommandLine> above = Stream.ofNullable(command.getParent());
        Stream<CommandLine> beside =
                above.flatMap(p -> Stream.concat(Stream.of(p), CommandTexts.below(p).values().stream()));
        String others = Stream.concat(beside, CommandTexts.below(command).values().stream())
                .map(ManPage::name)
                .filter(n -> !n.equals(name()))
                .map(n -> "\\fB" + escaped(n) + "\\fR(8)")
                .collect(Collectors.joining(",\n"));
        page.add(".SH SEE ALSO");
        page.add(others);
    }

    private static void entry(List<String> page, String tag, String text) {
        page.addAll(List.of(".TP", tag, line(text)));
    }

    private static String lowerFirst(String text) {
        return text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }

    private static String quoted(String text) {
        return '"' + escaped(text).replace("\"", "\\(dq") + '"';
    }

    /** A line of text: one that starts with a dot or a quote would be taken for a request. */
    private static String line(String text) {
        String escaped = escaped(text);
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    /** A minus is to be one: it gets copied to a shell. */
    private static String escaped(String text) {
        return text.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("'", "\\(aq")
                .replace("^", "\\(ha")
                .replace("~", "\\(ti")
                .replace("`", "\\(ga");
    }
}
