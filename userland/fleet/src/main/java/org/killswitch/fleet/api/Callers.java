// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.killswitch.control.SymbolName;
import org.killswitch.policy.PolicyException;

/**
 * Which programs called what is observed or engaged on a host, and how often. It is bounded.
 *
 * @param functions the most called ones first; one without programs was followed, and not called
 * @param sampled whether there were more calls than these: they came too fast to be followed all the time
 * @param missing why calls are not followed; empty if they are
 */
public record Callers(Map<SymbolName, Programs> functions, boolean sampled, String missing) {

    private static final int FUNCTIONS = 16;
    private static final int FUNCTION = 300;
    private static final int PROGRAMS = 8;

    /** The kernel has 15 bytes for a name. */
    private static final int PROGRAM = 16;

    /** Of years; so that the sum of all hosts is a long, whatever they say. */
    private static final long CALLS_MAX = 100_000_000_000_000L;

    /**
     * The programs that called a function.
     *
     * @param calls by name, those that called most first; a name is for its owner to choose
     * @param others calls of all the others together
     */
    public record Programs(Map<String, Long> calls, long others) {

        public Programs {
            Map<String, Long> all = new LinkedHashMap<>();
            calls.forEach((name, n) -> all.merge(Report.cut(name, PROGRAM), bounded(n), Long::sum));
            List<Map.Entry<String, Long>> most = all.entrySet().stream()
                    .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                            .thenComparing(Map.Entry.comparingByKey()))
                    .toList();
            int shown = Math.min(PROGRAMS, most.size());
            calls = map(most.subList(0, shown).stream());
            others = bounded(bounded(others)
                    + most.subList(shown, most.size()).stream()
                            .mapToLong(Map.Entry::getValue)
                            .sum());
        }

        /** Calls of all programs. */
        public long total() {
            return others + calls.values().stream().mapToLong(Long::longValue).sum();
        }

        private Json json() {
            return Json.object().with("programs", calls).with("others", others);
        }

        private static Programs of(Json json) throws PolicyException {
            return new Programs(json.map("programs", Long.class), json.number("others"));
        }
    }

    public Callers {
        functions = map(functions.entrySet().stream()
                .filter(f -> f.getKey().text().length() <= FUNCTION)
                .sorted(Map.Entry.<SymbolName, Programs>comparingByValue(
                                Comparator.comparingLong(Programs::total).reversed())
                        .thenComparing(f -> f.getKey().text()))
                .limit(FUNCTIONS));
        missing = Report.cut(missing);
    }

    /** None, and why. */
    static Callers missing(String why) {
        return new Callers(Map.of(), false, why);
    }

    private static long bounded(long calls) {
        return Math.clamp(calls, 0, CALLS_MAX);
    }

    private static <K, V> Map<K, V> map(Stream<Map.Entry<K, V>> entries) {
        Map<K, V> map = new LinkedHashMap<>();
        entries.forEach(e -> map.put(e.getKey(), e.getValue()));
        return map;
    }

    Json json() {
        Map<String, Json> all = new LinkedHashMap<>();
        functions.forEach((name, programs) -> all.put(name.text(), programs.json()));
        return Json.object().with("functions", all).with("sampled", sampled).with("missing", missing);
    }

    static Callers of(Json json) throws PolicyException {
        Json all = json.object("functions");
        Map<SymbolName, Programs> functions = new LinkedHashMap<>();
        for (String name : all.names()) {
            Optional<SymbolName> function = function(name);
            if (function.isPresent()) {
                functions.put(function.get(), Programs.of(all.object(name)));
            }
        }
        return new Callers(
                functions, json.bool("sampled"), json.optionalText("missing").orElse(""));
    }

    private static Optional<SymbolName> function(String name) {
        try {
            return Optional.of(new SymbolName(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
