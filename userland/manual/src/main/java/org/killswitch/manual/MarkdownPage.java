// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.manual;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A document of docs/ as a manual page: headings, paragraphs, lists, tables of two columns, and indented text as it is. */
final class MarkdownPage {

    private static final Pattern TITLE = Pattern.compile("# ([^:]+): (.+)");
    private static final Pattern ROW = Pattern.compile("\\| (.+?) \\| (.+) \\|");
    private static final Pattern SPAN =
            Pattern.compile("`([^`]+)`|\\*\\*([^*]+)\\*\\*|(?<!\\w)\\*(\\w[^*`]*)\\*(?!\\w)");

    private final List<String> page = new ArrayList<>();
    private final List<String> text = new ArrayList<>();
    private boolean verbatim;

    private MarkdownPage() {}

    /**
     * Converts it.
     *
     * @param name of the page
     * @param section in which it is
     * @param version of the release
     * @param date of the release
     * @param seeAlso pages, with their sections, in troff
     */
    static String of(String markdown, String name, int section, String version, String date, String seeAlso) {
        MarkdownPage converter = new MarkdownPage();
        Matcher title = markdown.lines()
                .map(TITLE::matcher)
                .filter(Matcher::matches)
                .findFirst()
                .orElseThrow();
        converter.page.add(".\\\" Generated from docs/.");
        converter.page.add(".nr HY 0");
        converter.page.add(".TH " + Troff.quoted(name.toUpperCase(Locale.ROOT)) + " " + section + " "
                + Troff.quoted(date) + " " + Troff.quoted(version) + " \"Miscellaneous\"");
        converter.page.add(".ad l");
        converter.page.add(".SH NAME");
        converter.page.add(Troff.escaped(name) + " \\- " + Troff.escaped(title.group(2)));
        converter.page.add(".SH DESCRIPTION");
        markdown.lines()
                .filter(l -> !l.startsWith("<!--") && !TITLE.matcher(l).matches())
                .forEach(converter::add);
        converter.end();
        converter.page.add(".SH SEE ALSO");
        converter.page.add(seeAlso);
        return String.join("\n", converter.page) + "\n";
    }

    private void add(String line) {
        Matcher row = ROW.matcher(line);
        if (line.startsWith("    ")) {
            if (!verbatim) {
                end();
                page.addAll(List.of(".PP", ".EX"));
                verbatim = true;
            }
            page.add(Troff.line(line));
        } else if (line.isBlank()) {
            // A block goes on after an empty line, unless something else follows.
            end();
        } else if (line.startsWith("## ")) {
            end();
            page.add(".SH " + Troff.quoted(line.substring(3).toUpperCase(Locale.ROOT)));
        } else if (line.startsWith("- ")) {
            end();
            page.add(".IP \\(bu 2");
            text.add(line.substring(2));
        } else if (line.startsWith("|")) {
            end();
            if (row.matches() && !row.group(1).startsWith("-") && !row.group(1).equals("word")) {
                page.addAll(List.of(".TP", spans(row.group(1)), Troff.notARequest(spans(row.group(2)))));
            }
        } else {
            if (text.isEmpty()) {
                end();
                page.add(".PP");
            }
            text.add(line.strip());
        }
    }

    /** Ends what was begun: a block, or the text of a paragraph. */
    private void end() {
        if (verbatim) {
            page.add(".EE");
            verbatim = false;
        }
        if (!text.isEmpty()) {
            page.add(Troff.notARequest(spans(String.join(" ", text))));
            text.clear();
        }
    }

    private static String spans(String text) {
        StringBuilder troff = new StringBuilder();
        Matcher span = SPAN.matcher(text);
        int at = 0;
        while (span.find()) {
            troff.append(Troff.escaped(text.substring(at, span.start())));
            troff.append(
                    span.group(1) != null
                            ? "\\fB" + Troff.escaped(span.group(1)) + "\\fR"
                            : span.group(2) != null
                                    ? "\\fB" + Troff.escaped(span.group(2)) + "\\fR"
                                    : "\\fI" + Troff.escaped(span.group(3)) + "\\fR");
            at = span.end();
        }
        return troff.append(Troff.escaped(text.substring(at))).toString();
    }
}
