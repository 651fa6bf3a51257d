// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.catalogue.EntryException;
import org.killswitch.catalogue.YamlMapping;
import org.killswitch.policy.Policy;
import org.killswitch.policy.PolicyException;
import org.killswitch.policy.PolicyReader;

/** Reads the policy of a fleet. All of it must be right: a host is to do what the signer meant, or nothing. */
public final class FleetPolicyReader {

    private static final Pattern LABEL = Pattern.compile("([a-z0-9][a-z0-9._-]{0,62})=([A-Za-z0-9._-]{1,63})");
    private static final String LABELS = "a label: name=value";
    private static final Pattern RING = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");
    private static final Pattern SHARE = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,4})?)%");
    private static final Pattern TIME = Pattern.compile("([0-9]{1,6})([smhd])");
    private static final String TIMES = "a time: 30s, 10m, 2h";
    private static final Duration CONFIRM = Duration.ofHours(1);
    private static final Duration CONFIRM_MAX = Duration.ofDays(1); // the kernel's countdown takes no more
    private static final Duration SOAK = Duration.ofMinutes(10);
    private static final int RINGS_MAX = 32;
    private static final int COUNT_MAX = 100; // each message to the hosts names them

    private final Path file;

    private FleetPolicyReader(Path file) {
        this.file = file;
    }

    /**
     * Reads a policy.
     *
     * @param file where it is from, for messages
     */
    public static FleetPolicy read(Path file, String text) throws PolicyException {
        try {
            return new FleetPolicyReader(file).policy(YamlMapping.ofFile(file, text));
        } catch (EntryException e) {
            throw new PolicyException(String.valueOf(e.getMessage()), e);
        }
    }

    private FleetPolicy policy(YamlMapping yaml) throws EntryException, PolicyException {
        long serial = yaml.textOrInteger("serial", FleetPolicyReader::serial, "a serial number: 1, 2, 3 ...");
        Instant expires = yaml.parsed("expires", FleetPolicyReader::instant, "a time as 2026-12-31T18:00:00Z");
        FleetPolicy.AtExpiry atExpiry = yaml.optionalParsed(
                        "at-expiry", FleetPolicyReader::atExpiry, "keep or disengage")
                .orElse(FleetPolicy.AtExpiry.KEEP);
        FleetPolicy.InUse inUse = yaml.optionalParsed("in-use", FleetPolicyReader::inUse, "engage or skip")
                .orElse(FleetPolicy.InUse.ENGAGE);
        Duration confirm =
                yaml.optionalParsed("confirm", FleetPolicyReader::time, TIMES).orElse(CONFIRM);
        if (confirm.compareTo(CONFIRM_MAX) > 0 || confirm.isZero()) {
            throw yaml.error("confirm", "from 1s to 24h");
        }
        List<Target> targets = yaml.mappings("targets", FleetPolicyReader::target);
        List<Ring> rings = yaml.mappings("rings", r -> ring(r, confirm));
        if (rings.isEmpty() || rings.size() > RINGS_MAX) {
            throw yaml.error("rings", "a policy has 1 to " + RINGS_MAX + " rings");
        }
        Set<String> names = new HashSet<>();
        for (Ring ring : rings) {
            if (!names.add(ring.name())) {
                throw yaml.error("rings", "there are two rings of the name " + ring.name());
            }
        }
        if (!yaml.has("entries")) {
            throw yaml.error("entries", "this key is missing; to take everything back, write: entries: []");
        }
        Policy entries =
                Policy.ofEntries(yaml.mappings("entries", e -> PolicyReader.entry(e, file, ZoneOffset.UTC)), List.of());
        if (!entries.problems().isEmpty()) {
            throw new PolicyException(entries.problems().getFirst());
        }
        yaml.rejectTheRest();
        return new FleetPolicy(serial, expires, atExpiry, inUse, confirm, targets, rings, entries.entries());
    }

    private static Target target(YamlMapping yaml) throws EntryException {
        Target target = new Target(labels(yaml), yaml.optionalText("kernel"), yaml.optionalText("distribution"));
        if (target.equals(new Target(Map.of(), Optional.empty(), Optional.empty()))) {
            throw yaml.error("labels", "a target has labels, a kernel or a distribution");
        }
        return target;
    }

    private static Ring ring(YamlMapping yaml, Duration confirm) throws EntryException {
        String name = yaml.parsed("name", word(RING), "a ring's name: lower-case letters, digits and dashes");
        Optional<Duration> observe = yaml.optionalParsed("observe", FleetPolicyReader::time, TIMES);
        Ring.Members members = members(yaml);
        Ring.Gate gate = yaml.optionalMapping("gate", FleetPolicyReader::gate)
                .orElse(new Ring.Gate(SOAK, 1, 0, 0, OptionalLong.empty()));
        if (gate.soak().compareTo(confirm) >= 0) {
            throw yaml.error(
                    "gate",
                    "hosts undo the policy after confirm, " + seconds(confirm) + ": a soak of " + seconds(gate.soak())
                            + " never ends; give a shorter soak or a longer confirm");
        }
        return new Ring(name, members, observe, gate);
    }

    private static Ring.Members members(YamlMapping yaml) throws EntryException {
        List<Ring.Members> said = new ArrayList<>();
        if (yaml.has("labels")) {
            Map<String, String> labels = labels(yaml);
            if (labels.isEmpty()) {
                throw yaml.error("labels", "no labels; without this key, a ring is of all hosts");
            }
            said.add(new Ring.Labelled(labels));
        }
        yaml.optionalParsed("share", t -> share(t).filter(s -> s > 0), "a share: 10%")
                .ifPresent(s -> said.add(new Ring.Share(s)));
        if (yaml.has("count")) {
            said.add(new Ring.Count(Math.toIntExact(
                    yaml.textOrInteger("count", t -> number(t, 1, COUNT_MAX), "a number from 1 to " + COUNT_MAX))));
        }
        if (said.size() > 1) {
            throw yaml.error("name", "a ring has labels, a share or a count: one of them, or none for all hosts");
        }
        return said.isEmpty() ? new Ring.All() : said.getFirst();
    }

    private static Ring.Gate gate(YamlMapping yaml) throws EntryException {
        return new Ring.Gate(
                yaml.optionalParsed("soak", FleetPolicyReader::time, TIMES).orElse(SOAK),
                yaml.optionalParsed("reached", FleetPolicyReader::share, "a share: 90%")
                        .orElse(1.0),
                yaml.optionalParsed("failed", FleetPolicyReader::share, "a share: 5%")
                        .orElse(0.0),
                yaml.has("trouble")
                        ? Math.toIntExact(
                                yaml.textOrInteger("trouble", t -> number(t, 0, 1_000_000), "a number of hosts"))
                        : 0,
                yaml.has("hits")
                        ? OptionalLong.of(
                                yaml.textOrInteger("hits", t -> number(t, 0, Long.MAX_VALUE), "a number of calls"))
                        : OptionalLong.empty());
    }

    private static Map<String, String> labels(YamlMapping yaml) throws EntryException {
        Map<String, String> labels = new HashMap<>();
        for (String label : yaml.texts("labels", LABEL, LABELS)) {
            Matcher m = LABEL.matcher(label);
            if (m.matches() && labels.put(m.group(1), m.group(2)) != null) {
                throw yaml.error("labels", "two values for the label " + m.group(1));
            }
        }
        return labels;
    }

    /** The labels of a host, from its configuration. */
    public static Map<String, String> labelsOf(YamlMapping yaml) throws EntryException {
        return labels(yaml);
    }

    private static YamlMapping.Parser<String> word(Pattern form) {
        return t -> Optional.of(t).filter(form.asMatchPredicate());
    }

    private static Optional<Long> serial(String text) {
        return number(text, 1, Long.MAX_VALUE);
    }

    private static Optional<Long> number(String text, long least, long most) {
        try {
            return Optional.of(Long.parseLong(text)).filter(n -> n >= least && n <= most);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<FleetPolicy.AtExpiry> atExpiry(String text) {
        return switch (text) {
            case "keep" -> Optional.of(FleetPolicy.AtExpiry.KEEP);
            case "disengage" -> Optional.of(FleetPolicy.AtExpiry.DISENGAGE);
            default -> Optional.empty();
        };
    }

    private static Optional<FleetPolicy.InUse> inUse(String text) {
        return switch (text) {
            case "engage" -> Optional.of(FleetPolicy.InUse.ENGAGE);
            case "skip" -> Optional.of(FleetPolicy.InUse.SKIP);
            default -> Optional.empty();
        };
    }

    private static Optional<Double> share(String text) {
        Matcher m = SHARE.matcher(text);
        return m.matches() ? Optional.of(Double.parseDouble(m.group(1)) / 100).filter(s -> s <= 1) : Optional.empty();
    }

    private static Optional<Duration> time(String text) {
        Matcher m = TIME.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(m.group(1));
        return Optional.of(
                switch (m.group(2)) {
                    case "s" -> Duration.ofSeconds(count);
                    case "m" -> Duration.ofMinutes(count);
                    case "h" -> Duration.ofHours(count);
                    default -> Duration.ofDays(count);
                });
    }

    private static String seconds(Duration time) {
        return time.toSeconds() + "s";
    }
}
