// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.manual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
 * @param date of the release
 */
record ManPage(CommandLine command, String more, String date) {

    /** In a footer: "Examples:" before lines of examples, or "Exit status: 0 done ...". */
    private static final Pattern TITLE = Pattern.compile("([A-Z][a-z]+(?: [a-z]+)?):(?: (.+))?");

    /** In the footer of a command that has other ones. */
    private static final String EXIT_STATUS = "EXIT STATUS";

    private static final String EXAMPLES = "EXAMPLES";

    private static final String USUAL_STATUS = "0 done, 1 refused or failed, 2 wrong usage.";

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
        page.add(".TH " + Troff.quoted(name().toUpperCase(Locale.ROOT)) + " 8 " + Troff.quoted(date) + " "
                + Troff.quoted(version) + " \"System administration\"");
        page.add(".ad l");
        page.addAll(List.of(".SH NAME", Troff.escaped(name()) + " \\- " + Troff.escaped(lowerFirst(summary()))));
        page.addAll(List.of(".SH SYNOPSIS", synopsis()));
        description(page);
        arguments(page);
        commands(page);
        footer(page);
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
            return "\\fB" + Troff.escaped(name) + "\\fR" + Troff.escaped(rest);
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
        page.add(paragraphs.stream().map(Troff::line).collect(Collectors.joining("\n.PP\n")));
    }

    private void arguments(List<String> page) {
        List<PositionalParamSpec> parameters = CommandTexts.parameters(command);
        if (!parameters.isEmpty()) {
            page.add(".SH ARGUMENTS");
            parameters.forEach(
                    p -> entry(page, "\\fI" + Troff.escaped(p.paramLabel()) + "\\fR", CommandTexts.description(p)));
        }
        page.add(".SH OPTIONS");
        for (OptionSpec option : CommandTexts.options(command)) {
            String names = Arrays.stream(option.names())
                    .map(n -> "\\fB" + Troff.escaped(n) + "\\fR")
                    .collect(Collectors.joining(", "));
            entry(page, names + value(option), CommandTexts.description(option));
        }
    }

    private static String value(OptionSpec option) {
        if (option.arity().max() == 0) {
            return "";
        }
        String value = "=\\fI" + Troff.escaped(option.paramLabel()) + "\\fR";
        return option.arity().min() == 0 ? "[" + value + "]" : value;
    }

    private void commands(List<String> page) {
        if (CommandTexts.below(command).isEmpty()) {
            return;
        }
        page.add(".SH COMMANDS");
        CommandTexts.below(command).forEach((name, below) -> {
            entry(
                    page,
                    "\\fB" + Troff.escaped(name) + "\\fR",
                    CommandTexts.header(below) + " See " + name(below) + "(8).");
        });
    }

    /** What stands below the options, in the order of manual pages. */
    private void footer(List<String> page) {
        Map<String, List<String>> sections = new LinkedHashMap<>();
        List<String> notes = new ArrayList<>();
        for (String raw : command.getCommandSpec().usageMessage().footer()) {
            String line = CommandLine.Help.Ansi.OFF.string(raw);
            Matcher title = TITLE.matcher(line);
            if (line.startsWith("  ")) {
                sections.computeIfAbsent(EXAMPLES, t -> new ArrayList<>()).add(Troff.escaped(line.substring(2)));
            } else if (title.matches()) {
                if (title.group(2) != null) {
                    sections.computeIfAbsent(title.group(1).toUpperCase(Locale.ROOT), t -> new ArrayList<>())
                            .add(Troff.line(title.group(2)));
                }
            } else if (!line.isBlank()) {
                notes.add(Troff.line(line));
            }
        }
        List<String> status = sections.remove(EXIT_STATUS);
        List<String> examples = sections.remove(EXAMPLES);
        sections.forEach((title, lines) -> section(page, title, lines));
        section(page, EXIT_STATUS, status == null ? List.of(USUAL_STATUS) : status);
        section(page, "ENVIRONMENT", List.of());
        environment().forEach((name, meaning) -> entry(page, ".B " + name, meaning));
        page.addAll(more.lines().toList());
        if (!notes.isEmpty()) {
            section(page, "NOTES", List.of(String.join("\n.PP\n", notes)));
        }
        if (examples != null) {
            section(page, EXAMPLES, List.of(".EX"));
            page.addAll(examples);
            page.add(".EE");
        }
    }

    private static void section(List<String> page, String title, List<String> lines) {
        page.add(".SH " + Troff.quoted(title));
        page.addAll(lines);
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("KILLSWITCH_DEBUG", "If set, an error is printed with a stack trace.");
        environment.put("NO_COLOR", "If set and not empty, no colours are used.");
        environment.put("TERM", "If it is \"dumb\", neither colours nor redrawing are used.");
        if (name().matches("killswitch(-(lab|demo).*)?")) {
            environment.put(
                    "XDG_CACHE_HOME",
                    "The lab keeps downloads and builds in killswitch below it; default: ~/.cache. Root's package lists"
                            + " are in /var/cache/killswitch if the user that apt(8) fetches as cannot enter that folder.");
            environment.put("TMPDIR", "Where the files of a running virtual machine are, about 100 MB; default: /tmp.");
        }
        return environment;
    }

    private void seeAlso(List<String> page) {
        Stream<CommandLine> above = Stream.ofNullable(command.getParent());
        Stream<CommandLine> beside =
                above.flatMap(p -> Stream.concat(Stream.of(p), CommandTexts.below(p).values().stream()));
        String others = Stream.concat(beside, CommandTexts.below(command).values().stream())
                .map(ManPage::name)
                .filter(n -> !n.equals(name()))
                .map(n -> "\\fB" + Troff.escaped(n) + "\\fR(8)")
                .collect(Collectors.joining(",\n"));
        page.add(".SH SEE ALSO");
        page.add(others + ",\n\\fBkillswitch\\-guards\\fR(7)");
    }

    private static void entry(List<String> page, String tag, String text) {
        page.addAll(List.of(".TP", tag, Troff.line(text)));
    }

    private static String lowerFirst(String text) {
        return text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }
}
