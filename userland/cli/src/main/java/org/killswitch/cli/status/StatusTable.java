package org.killswitch.cli.status;

import static org.killswitch.cli.output.Table.Align.LEFT;
import static org.killswitch.cli.output.Table.Align.RIGHT;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.output.Messages;
import org.killswitch.cli.output.Table;
import org.killswitch.control.Engagement;
import org.killswitch.control.Pending;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.control.log.Origin;

/** Engagements as a table for a person; {@code -} stands for what cannot be known. */
final class StatusTable {

    private static final String UNKNOWN = "-";
    private static final DateTimeFormatter SINCE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private StatusTable() {}

    /**
     * Renders the table with its head. What is of guards is there only if there is a guard.
     *
     * @param rates hits per second by symbol, for those where it is known; null leaves the column out
     */
    static List<String> lines(Status status, @Nullable Map<SymbolName, Double> rates, ZoneId zone) {
        boolean guarded = status.engagements().stream().anyMatch(e -> passed(e).isPresent());
        List<Table.Align> align = new ArrayList<>(List.of(LEFT, LEFT, RIGHT));
        List<String> head = new ArrayList<>(List.of("SYMBOL", "RETVAL", "HITS"));
        if (rates != null) {
            align.add(RIGHT);
            head.add("HITS/S");
        }
        if (guarded) {
            align.add(RIGHT);
            head.add("PASSED");
        }
        align.addAll(List.of(LEFT, LEFT, LEFT, LEFT));
        head.addAll(List.of("STATE", "BACKEND", "SINCE", "BY"));
        Table table = new Table(align);
        table.row(head);
        for (Engagement e : status.engagements()) {
            List<String> row = new ArrayList<>(List.of(e.symbol().text(), retval(e), Long.toString(e.hits())));
            if (rates != null) {
                Double rate = rates.get(e.symbol());
                row.add(rate == null ? UNKNOWN : String.format(Locale.ROOT, "%.1f", rate));
            }
            if (guarded) {
                row.add(passed(e).isPresent() ? Long.toString(passed(e).getAsLong()) : UNKNOWN);
            }
            row.add(e.details().map(StatusTable::state).orElse(UNKNOWN));
            row.add(e.details().map(d -> d.backend().toString()).orElse(UNKNOWN));
            row.add(since(e.origin(), zone));
            row.add(by(e.origin()));
            table.row(row);
        }
        for (Pending p : status.pending()) {
            List<String> row = new ArrayList<>(
                    List.of(p.symbol().text(), p.retval().map(Retval::toString).orElse(UNKNOWN), UNKNOWN));
            if (rates != null) {
                row.add(UNKNOWN);
            }
            if (guarded) {
                row.add(UNKNOWN);
            }
            row.add((p.retval().isPresent() ? "pending" : "observe, pending")
                    + p.module().map(m -> " for " + m).orElse(""));
            row.add(UNKNOWN);
            row.add(since(p.origin(), zone));
            row.add(by(p.origin()));
            table.row(row);
        }
        List<String> lines = new ArrayList<>(table.lines());
        for (Engagement e : status.engagements()) {
            long unread = e.details()
                    .map(Engagement.Details::unread)
                    .orElse(OptionalLong.empty())
                    .orElse(0);
            if (unread > 0) {
                lines.add(e.symbol() + ": its guard could not read something that it asks about, " + unread
                        + (unread == 1 ? " time" : " times"));
            }
        }
        return lines;
    }

    /** What is observed runs: it has no value yet. */
    private static String retval(Engagement e) {
        return e.details().filter(d -> d.state() == Engagement.State.OBSERVING).isPresent()
                ? UNKNOWN
                : e.retval().toString();
    }

    private static OptionalLong passed(Engagement e) {
        return e.details().map(Engagement.Details::passed).orElse(OptionalLong.empty());
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
                : details.state() + " " + Messages.time(details.timeoutLeft()) + " left";
    }

    private static String by(Origin.By by) {
        // No switch over the types: it is code that the JVM makes anew at every start, which takes it 10 ms.
        return by instanceof Origin.Operator operator
                ? "uid " + operator.loginUid().orElse(operator.uid()) + " (" + operator.comm() + ")"
                : "module parameter";
    }
}
