package org.killswitch.cli.output;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.killswitch.control.Disengaged;
import org.killswitch.control.Pending;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

/** Sentences about what has been done, for a person. */
public final class Messages {

    private Messages() {}

    public static String probing(SymbolName symbol, Retval retval, Duration probe) {
        return symbol + " is being watched for " + time(probe) + ": if nothing calls it until then, it returns "
                + retval + " from then on; follow it with: killswitch status";
    }

    public static String pending(Pending pending) {
        return pending.symbol() + " is pending: it "
                + pending.retval().map(v -> "returns " + v).orElse("is observed") + " from when "
                + pending.module().map(m -> "module " + m + " is loaded").orElse("a module that has it is loaded");
    }

    public static String overriddenBy(SymbolName symbol, Path object) {
        return symbol + " is overridden by " + object
                + "; to end it, run: killswitch bpf list, then killswitch bpf remove";
    }

    public static String unlessKept(SymbolName symbol, Duration time) {
        return "; it runs its own code again in " + time(time) + ", unless you run: killswitch keep " + symbol;
    }

    public static String disengaged(Disengaged ended) {
        String caught = ended.hits().isEmpty() ? "" : "; " + calls(ended.hits().getAsLong()) + " caught";
        return ended.symbol() + " runs its own code again" + caught;
    }

    private static String calls(long hits) {
        return hits == 1 ? "1 call was" : hits + " calls were";
    }

    /** As it is typed: {@code 1h30m}. */
    public static String time(Duration time) {
        return time.isZero() ? "0s" : time.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }
}
