package org.killswitch.lab.qemu;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.killswitch.lab.GuestFailure;

/** Reads a guest's console for signs that its kernel is in trouble. */
public final class ConsoleWatch {
    private record Sign(Pattern pattern, GuestFailure.Kind kind) {}

    private static final List<Sign> SIGNS = List.of(
            sign("Kernel panic - ", GuestFailure.Kind.PANIC),
            // a soft lockup is announced as a BUG, too: it is looked for first
            sign(
                    "soft lockup|hard LOCKUP|rcu: INFO: .*stall|detected stalls? on|blocked for more than \\d+ seconds",
                    GuestFailure.Kind.STALL),
            sign(
                    "\\bOops: |\\bBUG: |\\bKASAN: |\\bUBSAN: |kernel BUG at |[Uu]nable to handle|general protection fault"
                            + "|double fault|stack guard page was hit|Internal error: ",
                    GuestFailure.Kind.OOPS),
            sign("\\bWARNING: |-+\\[ cut here \\]-+", GuestFailure.Kind.WARNING));

    private static final int KEPT = 100;

    private final List<String> lines = new ArrayList<>();
    private GuestFailure.@org.jspecify.annotations.Nullable Kind kind;
    private String sign = "";

    private static Sign sign(String regex, GuestFailure.Kind kind) {
        return new Sign(Pattern.compile(regex), kind);
    }

    public synchronized void line(String line) {
        lines.add(line);
        if (kind != null) {
            return; // what comes after the first sign follows from it
        }
        for (Sign s : SIGNS) {
            if (s.pattern().matcher(line).find()) {
                kind = s.kind();
                sign = line.strip();
                return;
            }
        }
    }

    /** Whether a line had that text. */
    public synchronized boolean said(String text) {
        return lines.stream().anyMatch(l -> l.contains(text));
    }

    /** The trouble that the console told of, if it did. */
    public synchronized Optional<GuestFailure> failure() {
        return kind == null ? Optional.empty() : Optional.of(failure(kind, sign));
    }

    public synchronized GuestFailure failure(GuestFailure.Kind why, String detail) {
        return new GuestFailure(why, detail, lines.subList(Math.max(0, lines.size() - KEPT), lines.size()));
    }
}
