// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.status;

import static org.killswitch.cli.output.Table.Align.LEFT;
import static org.killswitch.cli.output.Table.Align.RIGHT;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Messages;
import org.killswitch.cli.output.Table;
import org.killswitch.cli.output.Times;
import org.killswitch.control.Engagement;
import org.killswitch.control.Engagement.Details;
import org.killswitch.control.Pending;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.control.log.Origin;
import org.killswitch.host.BuiltInModules;

/**
 * Engagements as a table for a person; {@code -} stands for what cannot be known.
 *
 * @param rates hits per second by symbol, for those where it is known; null leaves the column out
 * @param users who is who
 * @param builtIn the modules that are never loaded
 */
record StatusTable(@Nullable Map<SymbolName, Double> rates, Users users, BuiltInModules builtIn, ZoneId zone) {

    private static final String UNKNOWN = "-";

    static StatusTable of(Host host, @Nullable Map<SymbolName, Double> rates) {
        return new StatusTable(
                rates, new Users(host.files().path("/etc/passwd")), new BuiltInModules(host.files()), host.zone());
    }

    private record Column(
            String head, Table.Align align, Function<Engagement, String> engaged, Function<Pending, String> pending) {}

    /**
     * The table with its head. What only guards have, and reasons, are there if something has them.
     *
     * @param width of the terminal: where it takes less, columns are left out that 'show' has as well
     */
    List<String> lines(Status status, int width) {
        List<Column> columns = columns(status.engagements());
        Table table = table(status, columns);
        for (String optional : List.of("BACKEND", "BY", "SINCE")) {
            if (table.least() > width) {
                columns.removeIf(c -> c.head().equals(optional));
                table = table(status, columns);
            }
        }
        List<String> lines = new ArrayList<>(table.lines(width));
        for (Engagement e : status.engagements()) {
            long unread = e.details()
                    .map(Engagement.Details::unread)
                    .orElse(OptionalLong.empty())
                    .orElse(0);
            if (unread > 0) {
                lines.add(e.symbol() + ": the guard could not read something that it tests, " + unread
                        + (unread == 1 ? " time" : " times"));
            }
        }
        for (Pending p : status.pending()) {
            if (builtIn.has(p.symbol())) {
                lines.add(p.symbol() + ": its module is built into this kernel, so this is never engaged; engage "
                        + builtIn.here(p.symbol()));
            }
        }
        return lines;
    }

    private static Table table(Status status, List<Column> columns) {
        Table table = new Table(columns.stream().map(Column::align).toList());
        table.row(columns.stream().map(Column::head).toList());
        for (Engagement e : status.engagements()) {
            table.row(columns.stream().map(c -> c.engaged().apply(e)).toList());
        }
        for (Pending p : status.pending()) {
            table.row(columns.stream().map(c -> c.pending().apply(p)).toList());
        }
        for (String program : status.programs().orElse(List.of())) {
            table.row(columns.stream()
                    .map(c -> switch (c.head()) {
                        case "SYMBOL" -> program;
                        case "STATE" -> "bpf program";
                        default -> UNKNOWN;
                    })
                    .toList());
        }
        return table;
    }

    private List<Column> columns(List<Engagement> engagements) {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column(
                "SYMBOL", LEFT, e -> e.symbol().text(), p -> p.symbol().text()));
        columns.add(new Column(
                "RETVAL",
                LEFT,
                StatusTable::retval,
                p -> p.retval().map(Retval::toString).orElse(UNKNOWN)));
        columns.add(new Column("HITS", RIGHT, e -> Long.toString(e.hits()), p -> UNKNOWN));
        if (rates != null) {
            columns.add(new Column("HITS/S", RIGHT, e -> rate(rates.get(e.symbol())), p -> UNKNOWN));
        }
        if (engagements.stream().anyMatch(e -> count(e, Details::passed).isPresent())) {
            columns.add(new Column("PASSED", RIGHT, e -> text(count(e, Details::passed)), p -> UNKNOWN));
        }
        if (engagements.stream().anyMatch(e -> count(e, Details::unread).orElse(0) > 0)) {
            columns.add(new Column("UNREAD", RIGHT, e -> text(count(e, Details::unread)), p -> UNKNOWN));
        }
        columns.add(new Column(
                "STATE", LEFT, e -> e.details().map(StatusTable::state).orElse(UNKNOWN), StatusTable::state));
        columns.add(new Column(
                "BACKEND",
                LEFT,
                e -> e.details().map(d -> d.backend().toString()).orElse(UNKNOWN),
                p -> UNKNOWN));
        columns.add(new Column("SINCE", LEFT, e -> since(e.origin()), p -> since(p.origin())));
        columns.add(new Column("BY", LEFT, e -> by(e.origin()), p -> by(p.origin())));
        if (engagements.stream().anyMatch(e -> reason(e).isPresent())) {
            columns.add(new Column("REASON", LEFT, e -> reason(e).orElse(UNKNOWN), p -> UNKNOWN));
        }
        return columns;
    }

    private static String rate(@Nullable Double rate) {
        return rate == null ? UNKNOWN : String.format(Locale.ROOT, "%.1f", rate);
    }

    /** What is observed runs: it has no value yet. */
    static String retval(Engagement e) {
        return e.details().filter(d -> d.state() == Engagement.State.OBSERVING).isPresent()
                ? UNKNOWN
                : e.retval().toString();
    }

    private static OptionalLong count(Engagement e, Function<Details, OptionalLong> which) {
        return e.details().map(which).orElse(OptionalLong.empty());
    }

    private static String text(OptionalLong count) {
        return count.isPresent() ? Long.toString(count.getAsLong()) : UNKNOWN;
    }

    private static Optional<String> reason(Engagement e) {
        return e.details().flatMap(Details::reason);
    }

    private String since(Optional<Origin> origin) {
        return origin.map(o -> Times.forPeople(o.when(), zone)).orElse(UNKNOWN);
    }

    private String by(Optional<Origin> origin) {
        return origin.map(o -> users.by(o.by())).orElse(UNKNOWN);
    }

    static String state(Details details) {
        return details.timeoutLeft().isZero()
                ? details.state().toString()
                : details.state() + " " + Messages.time(details.timeoutLeft()) + " left";
    }

    static String state(Pending p) {
        return (p.retval().isPresent() ? "pending" : "observe, pending")
                + p.module().map(m -> " for " + m).orElse("");
    }
}
