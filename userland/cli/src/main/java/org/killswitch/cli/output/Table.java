// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Columns of text, two blanks apart. */
public final class Table {

    /** To which side a column's cells are pushed. */
    public enum Align {
        LEFT,
        RIGHT
    }

    private static final String GAP = "  ";
    private static final int LEAST = 20;

    private final List<Align> columns;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(List<Align> columns) {
        this.columns = List.copyOf(columns);
    }

    /** Adds a row. */
    public void row(List<String> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException(cells.size() + " cells for " + columns.size() + " columns");
        }
        rows.add(List.copyOf(cells));
    }

    /** The lines, without blanks at their ends. */
    public List<String> lines() {
        return lines(Integer.MAX_VALUE);
    }

    /**
     * The same for a terminal: where lines are longer than that, the last column goes on below itself. Where this leaves it
     * fewer than 20 characters, the lines stay long.
     *
     * @param width in characters
     */
    public List<String> lines(int width) {
        int last = columns.size() - 1;
        int before = width() - width(last);
        int room = width < least() ? Integer.MAX_VALUE : width - before;
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < last; i++) {
                String padding = " ".repeat(width(i) - row.get(i).length());
                line.append(columns.get(i) == Align.LEFT ? row.get(i) + padding : padding + row.get(i));
                line.append(GAP);
            }
            String text = row.get(last);
            if (columns.get(last) == Align.RIGHT) {
                text = " ".repeat(width(last) - text.length()) + text;
            }
            for (String part : wrap(text, room)) {
                lines.add((line + part).stripTrailing());
                line = new StringBuilder(" ".repeat(before));
            }
        }
        return lines;
    }

    /** How wide a terminal has to be for {@link #lines(int)} to keep to its width. */
    public int least() {
        int last = columns.size() - 1;
        return width() - width(last) + Math.min(width(last), columns.get(last) == Align.LEFT ? LEAST : width(last));
    }

    private int width() {
        return IntStream.range(0, columns.size()).map(this::width).sum() + GAP.length() * (columns.size() - 1);
    }

    /** At blanks, and a word that is too long anywhere. */
    private static List<String> wrap(String text, int room) {
        List<String> parts = new ArrayList<>();
        String rest = text;
        while (rest.length() > room) {
            int blank = rest.lastIndexOf(' ', room);
            int end = blank > 0 ? blank : room;
            parts.add(rest.substring(0, end));
            rest = rest.substring(end).stripLeading();
        }
        parts.add(rest);
        return parts;
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
