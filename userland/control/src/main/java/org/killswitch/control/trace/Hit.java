// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control.trace;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

/**
 * An overridden or observed call, as the trace event killswitch:killswitch_hit reports it.
 *
 * @param symbol the name it was engaged under
 * @param retval what it returned
 * @param context what the CPU was doing; in an interrupt the task has nothing to do with the call
 * @param pid the task, a thread's number
 * @param uid its user
 * @param comm its name, which is for its owner to choose
 * @param observed whether the call ran, and was only counted
 */
public record Hit(
        SymbolName symbol, Retval retval, Context context, long pid, long uid, String comm, boolean observed) {

    /** What a CPU does when it calls a function. */
    public enum Context {
        TASK,
        SOFTIRQ,
        HARDIRQ,
        NMI
    }

    /** The task's name; in an interrupt, of which no task knows, what the CPU was doing, in brackets. */
    public String caller() {
        return context == Context.TASK ? comm : "(" + context.name().toLowerCase(Locale.ROOT) + ")";
    }

    /**
     * A line of trace_pipe. The task's name comes first and may have anything in it, but is too short to look like the
     * rest; of the flags, the third is the context (Documentation/trace/ftrace.rst).
     */
    private static final Pattern LINE = Pattern.compile(
            " *(?<comm>.{1,15})-(?<pid>\\d{1,10}) +\\[\\d+\\] ..(?<context>.)\\S* +\\d+\\.\\d+: killswitch_hit: "
                    + "symbol=(?<symbol>\\S+) retval=(?<retval>-?\\d{1,19}) uid=(?<uid>\\d{1,10})"
                    + " state=(?<state>observed|overridden)",
            Pattern.DOTALL);

    /** Reads a line, a character per byte; empty if it is about something else, or not whole. */
    static Optional<Hit> parse(String line) {
        Matcher m = LINE.matcher(line);
        if (!m.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Hit(
                    new SymbolName(m.group("symbol")),
                    new Retval(Long.parseLong(m.group("retval"))),
                    context(m.group("context").charAt(0)),
                    Long.parseLong(m.group("pid")),
                    Long.parseLong(m.group("uid")),
                    new String(m.group("comm").getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8),
                    m.group("state").equals("observed")));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Context context(char flag) {
        return switch (flag) {
            case 'Z', 'z' -> Context.NMI;
            case 'H', 'h' -> Context.HARDIRQ;
            case 's' -> Context.SOFTIRQ;
            default -> Context.TASK;
        };
    }
}
