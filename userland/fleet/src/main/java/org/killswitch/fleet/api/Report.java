// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.killswitch.policy.PolicyException;

/**
 * What a host reports about itself. It is bounded: of what is more, the first ones are there.
 *
 * @param serial of the newest policy that the host has taken; 0: none
 * @param digest of that policy
 * @param refused the digest of a newer one that the host was offered and refused; empty: none
 * @param phase of that policy on the host
 * @param order the revision of the last order that it had heard of when it tried what it failed or refused; 0 where it has
 *     failed and refused nothing
 * @param kept the serial of the policy that the host keeps; 0: none
 * @param message why, where something was refused or undone; empty: nothing to say
 * @param hits calls, by function, the most called ones first
 * @param notes a line for each entry that asks nothing of this host, and why
 * @param trouble what the kernel had since the policy began: an oops, a warning, a reboot
 * @param reboots a line for each flaw that an installed kernel has the fix of, and the running one not
 * @param callers the programs that called; empty where nothing of a policy is in effect, and from older agents
 */
public record Report(
        Member host,
        long serial,
        String digest,
        String refused,
        Phase phase,
        long order,
        long kept,
        String message,
        Map<String, Long> hits,
        List<String> notes,
        List<String> trouble,
        List<String> reboots,
        Optional<Callers> callers) {

    /** More bytes are not stored. */
    public static final int MAX = 48 * 1024;

    /** The order of an older agent's report: none is newer, and its failure counts. */
    private static final long FROM_OLDER = Long.MAX_VALUE;

    private static final int HITS = 16;
    private static final int LINES = 8;
    private static final int LINE = 300;

    /** What a terminal obeys, or turns a line round by; and halves of characters, of which no JSON can be written. */
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");

    /** How far a policy has come on a host. */
    public enum Phase {
        /** There is none. */
        NONE,
        /** It is not for this host, or in none of its rings. */
        EXCLUDED,
        /** The ring is not open. */
        WAITING,
        OBSERVING,
        /** In effect, with a countdown. */
        TRIAL,
        KEPT,
        /** It cannot be followed here. */
        FAILED,
        /** The host undid it. */
        UNDONE
    }

    public Report {
        host = new Member(host.name(), host.labels(), cut(host.kernel()), cut(host.distribution()));
        message = cut(message);
        hits = hits.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(HITS)
                .collect(Collectors.toMap(e -> cut(e.getKey()), Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
        notes = notes.stream().limit(LINES).map(Report::cut).toList();
        trouble = trouble.stream().limit(LINES).map(Report::cut).toList();
        reboots = reboots.stream().limit(LINES).map(Report::cut).toList();
    }

    /** The same with other callers. */
    Report withCallers(Callers other) {
        return new Report(
                host,
                serial,
                digest,
                refused,
                phase,
                order,
                kept,
                message,
                hits,
                notes,
                trouble,
                reboots,
                Optional.of(other));
    }

    static String cut(String text) {
        return cut(text, LINE);
    }

    /** A text that a terminal does not obey, of so many characters. */
    static String cut(String text, int max) {
        String shown = text.length() <= max ? text : text.substring(0, max - 3) + "...";
        return CONTROL.matcher(shown).replaceAll("?");
    }

    /** As it is sent: without what is not needed to decide, where it would be too long to be stored. */
    public byte[] bytes() {
        byte[] all = json().bytes();
        return all.length <= MAX || callers.isEmpty()
                ? all
                : withCallers(Callers.missing("the report is too long for them"))
                        .json()
                        .bytes();
    }

    /** As an object. */
    public Json json() {
        return Json.object()
                .with("host", host.name())
                .with("labels", host.sortedLabels())
                .with("kernel", host.kernel())
                .with("distribution", host.distribution())
                .with("serial", serial)
                .with("digest", digest)
                .with("refused", refused)
                .with("phase", phase.name())
                .with("order", order)
                .with("kept", kept)
                .with("message", message)
                .with("hits", hits)
                .with("notes", notes)
                .with("trouble", trouble)
                .with("reboots", reboots)
                .with("callers", callers.map(Callers::json));
    }

    /**
     * Reads a message.
     *
     * @param name of the host that it is from, by where it is stored: what the message says does not count
     */
    public static Report of(String name, byte[] message) throws PolicyException {
        Json json = Json.parse(message);
        Json callers = json.object("callers");
        return new Report(
                new Member(name, json.map("labels", String.class), json.text("kernel"), json.text("distribution")),
                json.number("serial"),
                json.text("digest"),
                json.optionalText("refused").orElse(""),
                json.constant("phase", Phase.class),
                json.optionalNumber("order").orElse(FROM_OLDER),
                json.number("kept"),
                json.text("message"),
                json.map("hits", Long.class),
                json.texts("notes"),
                json.texts("trouble"),
                json.texts("reboots"),
                callers.names().iterator().hasNext() ? Optional.of(Callers.of(callers)) : Optional.empty());
    }
}
