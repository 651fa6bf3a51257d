// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.qemu;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
            // after nothing but times and the like: what the kernel says of a processor's flaws has a word before it
            sign("^(\\[[^\\]]*\\] *)*WARNING: |-+\\[ cut here \\]-+", GuestFailure.Kind.WARNING));

    private static final int KEPT = 100;

    /** A time in brackets. */
    private static final Pattern KERNEL_LINE = Pattern.compile("\\[ *\\d+\\.\\d+\\]");

    private final Deque<String> lines = new ArrayDeque<>();
    private GuestFailure.@org.jspecify.annotations.Nullable Kind kind;
    private String sign = "";
    private boolean kernelSpoke;
    private long lastSaid = System.nanoTime();

    private static Sign sign(String regex, GuestFailure.Kind kind) {
        return new Sign(Pattern.compile(regex), kind);
    }

    public synchronized void line(String line) {
        if (lines.size() == KEPT) {
            lines.removeFirst();
        }
        lines.addLast(line);
        lastSaid = System.nanoTime();
        kernelSpoke |= KERNEL_LINE.matcher(line).lookingAt();
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

    /** For how long it has said nothing. */
    public synchronized Duration silence() {
        return Duration.ofNanos(System.nanoTime() - lastSaid);
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
        return new GuestFailure(why, detail, List.copyOf(lines));
    }

    /** That the guest did not boot, and the trouble that kept it from that. */
    public GuestFailure noBoot(GuestFailure trouble) {
        GuestFailure failure = failure(GuestFailure.Kind.NO_BOOT, String.valueOf(trouble.getMessage()));
        failure.initCause(trouble);
        return failure;
    }

    /** What QEMU said, if the kernel never came to say anything; empty otherwise. */
    synchronized Optional<String> emulatorsWords() {
        return kernelSpoke
                ? Optional.empty()
                : Optional.of(lines.stream()
                        .filter(line -> !line.isBlank() && !line.contains(": info: "))
                        .collect(Collectors.joining("; ")));
    }
}
