// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.output;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.killswitch.control.Disengaged;
import org.killswitch.control.Pending;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.host.TasksInside;

/** Sentences about what has been done, for a person. */
public final class Messages {

    private static final int REPLACEMENT = 0xFFFD; // for bytes that are no UTF-8

    /** More names than that are not read. */
    private static final int SHOWN = 10;

    private Messages() {}

    public static String probing(SymbolName symbol, Retval retval, Duration probe) {
        return "probing " + symbol + " for " + time(probe) + "; if nothing calls it, it will be engaged with " + retval
                + "; see killswitch status";
    }

    public static String pending(Pending pending) {
        return pending.symbol() + " is pending; it will be "
                + pending.retval().map(v -> "engaged with " + v).orElse("observed") + " when "
                + pending.module().map(m -> "module " + m).orElse("a module that has it") + " is loaded";
    }

    public static String overriddenBy(SymbolName symbol, Path object) {
        return symbol + " is overridden by " + object
                + "; to remove it, run: killswitch bpf list, then killswitch bpf remove";
    }

    public static String unlessKept(SymbolName symbol, Duration time) {
        return "; it will be disengaged in " + time(time) + ", unless you run: killswitch keep " + symbol;
    }

    public static String disengaged(Disengaged ended) {
        if (ended.wasPending()) {
            return ended.symbol() + " is no longer pending";
        }
        String caught = ended.hits().isEmpty() ? "" : "; " + calls(ended.hits().getAsLong()) + " caught";
        return ended.symbol() + " runs its own code again" + caught;
    }

    /** Which tasks have begun a call that is not overridden; there is at least one. */
    public static String stillInside(SymbolName symbol, List<TasksInside.Task> tasks) {
        String names = tasks.stream().limit(SHOWN).map(Messages::task).collect(Collectors.joining(", "));
        int more = tasks.size() - SHOWN;
        return (tasks.size() == 1 ? "1 task is" : tasks.size() + " tasks are") + " still inside " + symbol
                + (tasks.size() == 1 ? ", and its call is" : ", and their calls are") + " not overridden: " + names
                + (more > 0 ? " and " + more + " more" : "");
    }

    /** A task for a person: name and numbers. */
    public static String task(TasksInside.Task task) {
        return visible(task.comm()) + " (" + task.pid() + (task.tid() == task.pid() ? "" : ", thread " + task.tid())
                + ")";
    }

    /** A task's name is its owner's to choose, and a terminal obeys some characters. */
    public static String visible(String comm) {
        StringBuilder text = new StringBuilder();
        comm.codePoints()
                .forEach(c -> text.append(
                        Character.isISOControl(c) || c == REPLACEMENT
                                ? String.format(Locale.ROOT, "\\x%02x", c)
                                : Character.toString(c)));
        return text.toString();
    }

    private static String calls(long hits) {
        return hits == 1 ? "1 call was" : hits + " calls were";
    }

    /** A constant as it is printed. */
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** As it is typed: {@code 1h30m}. */
    public static String time(Duration time) {
        return time.isZero() ? "0s" : time.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }
}
