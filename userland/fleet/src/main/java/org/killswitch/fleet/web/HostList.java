// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.web;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.killswitch.fleet.api.FleetPolicy;
import org.killswitch.fleet.api.Json;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.Ring;
import org.killswitch.fleet.api.Rollout;
import org.killswitch.fleet.controller.Fleet;
import org.killswitch.fleet.controller.View;

/**
 * A page of the hosts that somebody asks for.
 *
 * @param text is in the name, the kernel, a label or a message; the empty one is in all
 * @param state of which they are; empty: any
 * @param ring that they are in; empty: any
 * @param attention only those with trouble, or that wait for a reboot
 * @param page from 0
 */
record HostList(String text, String state, String ring, Attention attention, int page) {

    /** What about a host. */
    enum Attention {
        ANY,
        TROUBLE,
        REBOOT
    }

    static final int PAGE = 50;

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}");
    private static final Set<String> NAMES = Set.of("text", "state", "ring", "attention", "page");

    /** Reads the part of a URL after the question mark; empty if it cannot be. */
    static Optional<HostList> of(String query) {
        Map<String, String> words = new HashMap<>();
        for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            if (parts.length != 2 || !NAMES.contains(parts[0])) {
                return Optional.empty();
            }
            try {
                words.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        String page = words.getOrDefault("page", "0");
        Optional<Attention> attention = attention(words.getOrDefault("attention", "any"));
        return attention.isEmpty() || !NUMBER.matcher(page).matches()
                ? Optional.empty()
                : Optional.of(new HostList(
                        words.getOrDefault("text", "").strip().toLowerCase(Locale.ROOT),
                        words.getOrDefault("state", ""),
                        words.getOrDefault("ring", ""),
                        attention.get(),
                        Integer.parseInt(page)));
    }

    private static Optional<Attention> attention(String word) {
        return Stream.of(Attention.values())
                .filter(a -> a.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst();
    }

    /** The page, and how many hosts there are on all pages. */
    Json json(View view) {
        List<Fleet.Seen> all = view.fleet().hosts().stream()
                .filter(h -> matches(h, view))
                .sorted(Comparator.comparing(h -> h.report().host().name()))
                .toList();
        return Json.object()
                .with("total", (long) all.size())
                .with("page", (long) page)
                .with("size", (long) PAGE)
                .with(
                        "hosts",
                        all.stream()
                                .skip((long) page * PAGE)
                                .limit(PAGE)
                                .map(h -> row(h, view))
                                .toList());
    }

    private boolean matches(Fleet.Seen seen, View view) {
        Report report = seen.report();
        return (state.isEmpty() || state.equals(Snapshot.state(seen, view)))
                && switch (attention) {
                    case ANY -> true;
                    case TROUBLE -> !report.trouble().isEmpty();
                    case REBOOT -> !report.reboots().isEmpty();
                }
                && (text.isEmpty() || hasText(report))
                && (ring.isEmpty() || ring.equals(ring(seen, view)));
    }

    private boolean hasText(Report report) {
        Stream<String> labels = report.host().labels().entrySet().stream().map(l -> l.getKey() + "=" + l.getValue());
        return Stream.concat(
                        Stream.of(
                                report.host().name(),
                                report.host().kernel(),
                                report.host().distribution(),
                                report.message()),
                        labels)
                .anyMatch(t -> t.toLowerCase(Locale.ROOT).contains(text));
    }

    /** The name of its ring; empty if it is in none. */
    private static String ring(Fleet.Seen seen, View view) {
        Map<String, Set<String>> chosen = view.rollout().map(Rollout::chosen).orElse(Map.of());
        Optional<FleetPolicy> policy = view.policy();
        return policy.flatMap(p -> p.ringOf(seen.report().host(), chosen))
                .map(Ring::name)
                .orElse("");
    }

    private static Json row(Fleet.Seen seen, View view) {
        return seen.report().json().with("state", Snapshot.state(seen, view)).with("ring", ring(seen, view));
    }
}
