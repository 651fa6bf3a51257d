package org.killswitch.cli;

import static org.killswitch.cli.Table.Align.LEFT;
import static org.killswitch.cli.Table.Align.RIGHT;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.killswitch.control.Engagement;
import org.killswitch.control.Origin;
import org.killswitch.control.Pending;
import org.killswitch.control.SymbolName;

/** Engagements as a table for a person; {@code -} stands for what cannot be known. */
final class StatusTable {

    private static final String UNKNOWN = "-";
    private static final DateTimeFormatter SINCE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private StatusTable() {}

    /**
     * Renders the table with its head.
     *
     * @param rates hits per second by symbol, for those where it is known; null leaves the column out
     */
    static List<String> lines(Status status, @Nullable Map<SymbolName, Double> rates, ZoneId zone) {
        List<Table.Align> align = new ArrayList<>(List.of(LEFT, LEFT, RIGHT, LEFT, LEFT, LEFT, LEFT));
        List<String> head = new ArrayList<>(List.of("SYMBOL", "RETVAL", "HITS", "STATE", "BACKEND", "SINCE", "BY"));
        if (rates != null) {
            align.add(3, RIGHT);
            head.add(3, "HITS/S");
        }
        Table table = new Table(align);
        table.row(head);
        for (Engagement engagement : status.engagements()) {
            List<String> row = new ArrayList<>(row(engagement, zone));
            if (rates != null) {
                Double rate = rates.get(engagement.symbol());
                row.add(3, rate == null ? UNKNOWN : String.format(Locale.ROOT, "%.1f", rate));
            }
            table.row(row);
        }
        for (Pending pending : status.pending()) {
            List<String> row = new ArrayList<>(row(pending, zone));
            if (rates != null) {
                row.add(3, UNKNOWN);
            }
            table.row(row);
        }
        return table.lines();
    }

    private static List<String> row(Engagement e, ZoneId zone) {
        return List.of(
                e.symbol().text(),
                e.retval().toString(),
                Long.toString(e.hits()),
                e.details().map(StatusTable::state).orElse(UNKNOWN),
                e.details().map(d -> d.backend().toString()).orElse(UNKNOWN),
                since(e.origin(), zone),
                by(e.origin()));
    }

    private static List<String> row(Pending p, ZoneId zone) {
        return List.of(
                p.symbol().text(),
                p.retval().toString(),
                UNKNOWN,
                "pending" + p.module().map(m -> " for " + m).orElse(""),
                UNKNOWN,
                since(p.origin(), zone),
                by(p.origin()));
    }

    private static String since(Optional<Origin> origin, ZoneId zone) {
        return origin.map(o -> SINCE.format(o.when().atZone(zone))).orElse(UNKNOWN);
    }

    private static String by(Optional<Origin> origin) {
        return origin.map(o -> by(o.by())).orElse(UNKNOWN);
    }

    private static String state(Engagement.Details details) {
        return details.timeoutLeft().isZero()
                ? details.state().toString()
                : details.state() + " " + Text.time(details.timeoutLeft()) + " left";
    }

    private static String by(Origin.By by) {
        // No switch over the types: it is code that the JVM makes anew at every start, which takes it 10 ms.
        return by instanceof Origin.Operator operator
                ? "uid " + operator.loginUid().orElse(operator.uid()) + " (" + operator.comm() + ")"
                : "module parameter";
    }
}
