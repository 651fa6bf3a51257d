// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.killswitch.host.text.Symbol;

/**
 * A function that might be engaged, with the value against which least is found.
 *
 * @param function its number
 * @param symbol as {@code engage} takes it
 * @param value what it would return; empty if no value is worth a look
 * @param why the finding that speaks for the value
 * @param closes what is reached through it only, itself included
 * @param callers how many functions call it
 * @param pointers ways to it that are not direct calls
 */
public record Candidate(
        int function,
        String symbol,
        OptionalLong value,
        String why,
        Report report,
        List<String> closes,
        int callers,
        List<String> pointers) {

    public Candidate {
        closes = List.copyOf(closes);
        pointers = List.copyOf(pointers);
    }

    static Candidate of(Kernel kernel, int function) throws IOException {
        Symbol symbol = kernel.functions().symbol(function);
        OptionalLong value = OptionalLong.empty();
        Report best = null;
        for (long tried : Values.of(kernel, function)) {
            Report report = Check.of(kernel, symbol.qualified(), OptionalLong.of(tried));
            if (best == null || report.verdict().compareTo(best.verdict()) < 0) {
                best = report;
                value = OptionalLong.of(tried);
            }
            if (best.verdict() == Verdict.GOOD) {
                break;
            }
        }
        if (best == null) {
            best = Check.of(kernel, symbol.qualified(), OptionalLong.empty());
        }
        Set<Integer> closed = Ways.closedBy(kernel, function);
        return new Candidate(
                function,
                symbol.qualified(),
                value,
                why(best),
                best,
                closed.stream()
                        .map(f -> kernel.functions().symbol(f).qualified())
                        .toList(),
                kernel.callers(function).size(),
                best.of(Finding.Id.POINTERS).stream()
                        .flatMap(f -> f.evidence().stream())
                        .toList());
    }

    /** What the body does itself says more than what its type allows. */
    private static String why(Report report) {
        return report.of(Finding.Id.OWN_ERRORS).stream()
                .findFirst()
                .or(() -> report.of(Finding.Id.VALUE).stream().findFirst())
                .map(Finding::text)
                .orElse("");
    }

    /** "-EPERM", or the number. */
    public String shownValue() {
        return value.isPresent() ? Subject.describe(value.getAsLong()) : "";
    }

    public Verdict verdict() {
        return value.isPresent() ? report.verdict() : Verdict.NEVER;
    }
}
