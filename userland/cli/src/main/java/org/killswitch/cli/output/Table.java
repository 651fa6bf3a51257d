// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.output;

import java.util.ArrayList;
import java.util.List;

/** Columns of text, two blanks apart. */
public final class Table {

    /** To which side a column's cells are pushed. */
    public enum Align {
        LEFT,
        RIGHT
    }

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
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns.size(); i++) {
                String padding = " ".repeat(width(i) - row.get(i).length());
                line.append(i == 0 ? "" : "  ");
                line.append(columns.get(i) == Align.LEFT ? row.get(i) + padding : padding + row.get(i));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
