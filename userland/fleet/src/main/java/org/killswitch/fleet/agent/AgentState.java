// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.killswitch.fleet.api.Admission;
import org.killswitch.fleet.api.FleetPolicy;
import org.killswitch.fleet.api.Json;
import org.killswitch.fleet.api.SignedPolicy;
import org.killswitch.policy.AtomicFile;
import org.killswitch.policy.PolicyException;

/**
 * What an agent must not forget. It is written before anything is done that it tells of, so that the agent can die at any
 * moment and the next one goes on.
 *
 * @param offered the newest policy that was taken; its serial never goes down
 * @param trial what is being done with {@code offered}
 * @param kept the policy that is in effect for good
 * @param previous the one that was kept before
 * @param unfinished whether it may be that not all of it has been applied
 * @param holds the functions that were engaged or observed for the fleet, or are about to be
 * @param before how the kernel was before {@code offered} was begun
 */
record AgentState(
        Optional<Held> offered,
        Trial trial,
        Optional<Held> kept,
        Optional<Held> previous,
        boolean unfinished,
        Set<String> holds,
        Optional<Vitals> before) {

    /** What is being done with a policy that is not kept yet. */
    enum Trial {
        NONE,
        OBSERVING,
        ENGAGED
    }

    /**
     * A policy, and the message that it came as.
     *
     * @param skipped the CVEs that this host goes without, because it uses what the policy would close
     */
    record Held(SignedPolicy signed, FleetPolicy policy, String digest, Set<String> skipped) {

        Held {
            skipped = Set.copyOf(skipped);
        }

        static Held of(Admission admission) {
            return new Held(
                    admission.signed(), admission.policy(), admission.signed().digest(), Set.of());
        }

        Held skipping(Set<String> cves) {
            return new Held(signed, policy, digest, cves);
        }

        /** What of it is for this host. */
        FleetPolicy effective() {
            return policy.without(skipped);
        }

        private static Held read(String message, List<String> skipped) throws PolicyException {
            SignedPolicy signed = SignedPolicy.of(message.getBytes(StandardCharsets.UTF_8));
            return new Held(signed, Admission.read(signed), signed.digest(), Set.copyOf(skipped));
        }

        private String message() {
            return signed.signature() + signed.policy();
        }
    }

    static final AgentState EMPTY = new AgentState(
            Optional.empty(), Trial.NONE, Optional.empty(), Optional.empty(), false, Set.of(), Optional.empty());

    AgentState {
        holds = Set.copyOf(holds);
    }

    /** The serial that a policy must not be below. */
    long highest() {
        return offered.map(o -> o.policy().serial()).orElse(0L);
    }

    /** The digest of that policy; empty if there is none. */
    String digest() {
        return offered.map(Held::digest).orElse("");
    }

    boolean keepsOffered() {
        return kept.isPresent() && kept.get().digest().equals(digest());
    }

    AgentState offer(Held held) {
        return new AgentState(Optional.of(held), Trial.NONE, kept, previous, unfinished, holds, Optional.empty());
    }

    /** On trial, as far as it is for this host, with what that is about to engage. */
    AgentState begin(Trial what, Held held, Set<String> engages, Vitals vitals) {
        Set<String> all = new TreeSet<>(holds);
        all.addAll(engages);
        Vitals base = trial == Trial.NONE ? vitals : before.orElse(vitals);
        return new AgentState(Optional.of(held), what, kept, previous, true, all, Optional.of(base));
    }

    AgentState keep() {
        return new AgentState(offered, Trial.NONE, offered, kept, true, holds, before);
    }

    /** Where the host was before {@code offered}. */
    AgentState undo() {
        return keepsOffered()
                ? new AgentState(offered, Trial.NONE, previous, Optional.empty(), true, holds, before)
                : new AgentState(offered, Trial.NONE, kept, previous, true, holds, before);
    }

    /** Without anything of the fleet in effect. */
    AgentState lapse() {
        return new AgentState(offered, Trial.NONE, Optional.empty(), Optional.empty(), true, holds, before);
    }

    AgentState finished(Set<String> nowHolds) {
        return new AgentState(offered, trial, kept, previous, false, nowHolds, before);
    }

    void write(Path file) throws PolicyException {
        Json json = Json.object()
                .with("offered", offered.map(Held::message))
                .with("trial", trial.name())
                .with("kept", kept.map(Held::message))
                .with("previous", previous.map(Held::message))
                .with("skipped", skipped())
                .with("unfinished", unfinished)
                .with("holds", List.copyOf(new TreeSet<>(holds)))
                .with("before", before.map(Vitals::json));
        AtomicFile.write(file, json + "\n");
    }

    private Json skipped() {
        Json json = Json.object();
        offered.ifPresent(h -> json.with("offered", List.copyOf(new TreeSet<>(h.skipped()))));
        kept.ifPresent(h -> json.with("kept", List.copyOf(new TreeSet<>(h.skipped()))));
        previous.ifPresent(h -> json.with("previous", List.copyOf(new TreeSet<>(h.skipped()))));
        return json;
    }

    /** What the last agent wrote; an empty one if there was none. */
    static AgentState read(Path file) throws PolicyException {
        try {
            Json json = Json.parse(Files.readAllBytes(file));
            return new AgentState(
                    held(json, "offered"),
                    json.constant("trial", Trial.class),
                    held(json, "kept"),
                    held(json, "previous"),
                    json.bool("unfinished"),
                    Set.copyOf(json.texts("holds")),
                    json.object("before").names().iterator().hasNext()
                            ? Optional.of(Vitals.of(json.object("before")))
                            : Optional.empty());
        } catch (NoSuchFileException e) {
            return EMPTY;
        } catch (IOException | PolicyException e) {
            throw new PolicyException(
                    file
                            + " cannot be read; what it says of serials and of what is engaged must not be lost: restore it, or"
                            + " remove it to begin as a new host: " + e.getMessage(),
                    e);
        }
    }

    private static Optional<Held> held(Json json, String name) throws PolicyException {
        Optional<String> message = json.optionalText(name);
        return message.isPresent()
                ? Optional.of(Held.read(message.get(), json.object("skipped").texts(name)))
                : Optional.empty();
    }
}
