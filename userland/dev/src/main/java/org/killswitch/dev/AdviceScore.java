// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.killswitch.advice.Advice;
import org.killswitch.advice.Advise;
import org.killswitch.advice.Check;
import org.killswitch.advice.Choice;
import org.killswitch.advice.Finding;
import org.killswitch.advice.HostKernel;
import org.killswitch.advice.Level;
import org.killswitch.advice.Report;
import org.killswitch.advice.Verdict;

/**
 * How good the advice is on one kernel.
 *
 * @param all the fixes that it was asked about: those of whose chosen functions the kernel has one
 * @param even those of them whose CVE has an even number, with which the ranking was developed
 * @param odd the others
 * @param good engagements that a careful person made
 * @param falseAlarms those of them that are called dangerous, and why
 * @param bad engagements that nobody must make
 * @param missed those of them that are not called dangerous
 * @param misses fixes for which no choice among the first three is right, and what was said
 * @param skipped what could not be asked, and why
 */
record AdviceScore(
        String kernel,
        Asked all,
        Asked even,
        Asked odd,
        int good,
        List<String> falseAlarms,
        int bad,
        List<String> missed,
        List<String> misses,
        List<String> skipped) {

    /**
     * How often the advice is right.
     *
     * @param first how often the first choice is the chosen function
     * @param firstAlike or one that does the same as well
     * @param three how often one of the first three is
     */
    record Asked(int fixes, int first, int firstAlike, int three, int threeAlike) {

        static final Asked NONE = new Asked(0, 0, 0, 0, 0);

        /**
         * One more fix.
         *
         * @param place that of the chosen function among the choices, from 0; negative if it is not among the first three
         * @param alike that of one that does the same as well
         */
        Asked plus(int place, int alike) {
            return new Asked(
                    fixes + 1,
                    first + (place == 0 ? 1 : 0),
                    firstAlike + (alike == 0 ? 1 : 0),
                    three + (place >= 0 ? 1 : 0),
                    threeAlike + (alike >= 0 ? 1 : 0));
        }

        Asked plus(Asked other) {
            return new Asked(
                    fixes + other.fixes,
                    first + other.first,
                    firstAlike + other.firstAlike,
                    three + other.three,
                    threeAlike + other.threeAlike);
        }
    }

    private static final int SHOWN = 3;

    static AdviceScore of(AdviceData data, String kernel, Path root) throws IOException {
        try (HostKernel host = HostKernel.open(root)) {
            return new Counter(data, kernel, host).count();
        }
    }

    private static final class Counter {
        private final AdviceData data;
        private final String kernel;
        private final HostKernel host;
        private final List<String> misses = new ArrayList<>();
        private final List<String> skipped = new ArrayList<>();
        private Asked even = Asked.NONE;
        private Asked odd = Asked.NONE;

        Counter(AdviceData data, String kernel, HostKernel host) {
            this.data = data;
            this.kernel = kernel;
            this.host = host;
        }

        AdviceScore count() throws IOException {
            Map<String, Set<Long>> chosen = new LinkedHashMap<>();
            for (AdviceData.Fix fix : data.fixes()) {
                if (fix.kernels().contains(kernel)) {
                    ask(fix, chosen);
                }
            }
            List<String> falseAlarms = new ArrayList<>();
            int good = 0;
            for (Map.Entry<String, Set<Long>> function : chosen.entrySet()) {
                for (long value : function.getValue()) {
                    Report report = check(function.getKey(), value);
                    good++;
                    if (isDangerous(report)) {
                        falseAlarms.add(function.getKey() + " " + value + ": " + worst(report));
                    }
                }
            }
            List<String> missed = new ArrayList<>();
            int bad = 0;
            for (AdviceData.Never never : data.nevers()) {
                if (!host.has(never.function())) {
                    skipped.add(never.function() + ": not in this kernel");
                    continue;
                }
                bad++;
                Report report = check(never.function(), never.value());
                if (!isDangerous(report)) {
                    missed.add(never.function() + " " + never.value() + " (" + never.kind() + "): " + report.verdict());
                }
            }
            return new AdviceScore(kernel, even.plus(odd), even, odd, good, falseAlarms, bad, missed, misses, skipped);
        }

        private Report check(String function, long value) throws IOException {
            return Check.of(host.kernel(), function, OptionalLong.of(value));
        }

        private static boolean isDangerous(Report report) {
            return report.verdict().compareTo(Verdict.DANGEROUS) >= 0;
        }

        private static String worst(Report report) {
            return report.findings().stream()
                    .filter(f -> f.level().compareTo(Level.DANGER) >= 0)
                    .map(Finding::text)
                    .findFirst()
                    .orElse("");
        }

        private void ask(AdviceData.Fix fix, Map<String, Set<Long>> all) throws IOException {
            Map<String, Long> chosen = data.chosen(fix, kernel);
            Set<String> right = new LinkedHashSet<>();
            chosen.forEach((symbol, value) -> {
                if (host.has(symbol)) {
                    right.add(plain(symbol));
                    all.computeIfAbsent(symbol, s -> new LinkedHashSet<>()).add(value);
                }
            });
            if (right.isEmpty()) {
                skipped.add(fix.cve() + ": of " + String.join(", ", chosen.keySet()) + " there is none in this kernel");
                return;
            }
            Set<String> alike = new LinkedHashSet<>(right);
            fix.also().forEach(a -> alike.add(plain(a)));
            Advice advice = Advise.of(
                    host.kernel(),
                    fix.functions(),
                    f -> fix.callers().getOrDefault(f, List.of()).stream()
                            .filter(host::has)
                            .limit(1)
                            .toList());
            List<Choice> choices = advice.choices().stream().limit(SHOWN).toList();
            int place = place(choices, right);
            int placeOfAlike = place(choices, alike);
            if (isEven(fix)) {
                even = even.plus(place, placeOfAlike);
            } else {
                odd = odd.plus(place, placeOfAlike);
            }
            if (placeOfAlike < 0) {
                misses.add(fix.cve() + ": " + String.join(", ", right) + " for "
                        + String.join(", ", fix.functions()) + "; said: "
                        + (choices.isEmpty()
                                ? advice.targets().isEmpty() ? "not here" : "no clean engagement"
                                : String.join(
                                        "; or ",
                                        choices.stream().map(Counter::show).toList())));
            }
        }

        private static boolean isEven(AdviceData.Fix fix) {
            return "02468".indexOf(fix.cve().charAt(fix.cve().length() - 1)) >= 0;
        }

        private static int place(List<Choice> choices, Set<String> right) {
            for (int i = 0; i < choices.size(); i++) {
                if (right.containsAll(names(choices.get(i)))) {
                    return i;
                }
            }
            return -1;
        }

        private static List<String> names(Choice choice) {
            return choice.functions().stream().map(c -> plain(c.symbol())).toList();
        }

        private static String show(Choice choice) {
            return String.join(" + ", names(choice));
        }
    }

    /** Without its module, and what the compiler appended. */
    private static String plain(String symbol) {
        return symbol.substring(symbol.indexOf(':') + 1).replaceFirst("\\..*", "");
    }
}
