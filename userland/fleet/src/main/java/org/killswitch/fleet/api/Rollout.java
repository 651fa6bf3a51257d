// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.killswitch.fleet.api.Opening.Stage;
import org.killswitch.policy.PolicyException;

/**
 * How far a policy has come: the controller's only state. A decision and what follows from it are written at once.
 *
 * @param digest of the signed policy
 * @param ring the index of the ring that is being worked on; their number when all are done
 * @param since when its stage began
 * @param rolledBack whether an operator has taken it back from all hosts
 * @param stages of the rings that have been opened, by their names
 * @param chosen the hosts of the rings of a number of hosts
 * @param order the revision of the last order that was followed
 * @param hosts how many hosts the rings had, when they were opened, that have been opened
 * @param decisions the last ones, the newest at the end
 */
public record Rollout(
        long serial,
        String digest,
        int ring,
        Instant since,
        boolean halted,
        boolean rolledBack,
        Map<String, Stage> stages,
        Map<String, Set<String>> chosen,
        long order,
        long hosts,
        List<Decision> decisions) {

    /** So many are kept; a roll-out has a few for each ring. */
    private static final int DECISIONS_MAX = 200;

    /**
     * A decision.
     *
     * @param who an operator, or a controller
     */
    public record Decision(Instant when, String who, String what, String why) {

        public Json json() {
            return Json.object()
                    .with("when", when.toString())
                    .with("who", who)
                    .with("what", what)
                    .with("why", why);
        }

        /** In a line, without its time. */
        public String line() {
            return what + " (" + who + ")" + (why.isEmpty() ? "" : ": " + why);
        }

        private static Decision of(Json json) throws PolicyException {
            return new Decision(json.instant("when"), json.text("who"), json.text("what"), json.text("why"));
        }
    }

    public Rollout {
        stages = Map.copyOf(stages);
        chosen = Map.copyOf(chosen);
        decisions = List.copyOf(decisions);
    }

    /** A new one, of which no ring is open. */
    public static Rollout of(Admission admission, long order, Instant now) {
        return new Rollout(
                        admission.policy().serial(),
                        admission.signed().digest(),
                        0,
                        now,
                        false,
                        false,
                        Map.of(),
                        Map.of(),
                        order,
                        0,
                        List.of())
                .decided(now, admission.signer(), "push", "signed by " + admission.signer());
    }

    /** The same with one more decision. */
    public Rollout decided(Instant now, String who, String what, String why) {
        List<Decision> all = new ArrayList<>(decisions);
        all.add(new Decision(now, who, what, why));
        List<Decision> last = all.subList(Math.max(0, all.size() - DECISIONS_MAX), all.size());
        return new Rollout(serial, digest, ring, since, halted, rolledBack, stages, chosen, order, hosts, last);
    }

    /** The same with a ring in another stage. */
    public Rollout stage(String name, Stage stage, Instant now) {
        Map<String, Stage> all = new LinkedHashMap<>(stages);
        all.put(name, stage);
        return new Rollout(serial, digest, ring, now, halted, rolledBack, all, chosen, order, hosts, decisions);
    }

    /** The same, with how many hosts the opened rings have now. */
    public Rollout reach(long nowHosts) {
        return new Rollout(serial, digest, ring, since, halted, rolledBack, stages, chosen, order, nowHosts, decisions);
    }

    public Rollout nextRing(Instant now) {
        return new Rollout(serial, digest, ring + 1, now, halted, rolledBack, stages, chosen, order, hosts, decisions);
    }

    public Rollout choose(String name, Set<String> members) {
        Map<String, Set<String>> all = new LinkedHashMap<>(chosen);
        all.put(name, members);
        return new Rollout(serial, digest, ring, since, halted, rolledBack, stages, all, order, hosts, decisions);
    }

    public Rollout halt(boolean nowHalted) {
        return new Rollout(serial, digest, ring, since, nowHalted, rolledBack, stages, chosen, order, hosts, decisions);
    }

    /** The same after an order. */
    public Rollout ordered(long revision) {
        return new Rollout(serial, digest, ring, since, halted, rolledBack, stages, chosen, revision, hosts, decisions);
    }

    /** Taken back from all hosts. */
    public Rollout back(Instant now) {
        Map<String, Stage> all = new LinkedHashMap<>();
        stages.keySet().forEach(name -> all.put(name, Stage.BACK));
        return new Rollout(serial, digest, ring, now, true, true, all, chosen, order, hosts, decisions);
    }

    /** With a ring that is to be opened again. */
    public Rollout reopen(String name, Instant now) {
        Map<String, Stage> all = new LinkedHashMap<>(stages);
        all.remove(name);
        return new Rollout(serial, digest, ring, now, false, rolledBack, all, chosen, order, hosts, decisions);
    }

    /** What the hosts are told of it. */
    public Opening opening() {
        return new Opening(serial, digest, halted, stages, chosen, order, hosts);
    }

    public byte[] message() {
        Map<String, String> words = new TreeMap<>();
        stages.forEach((name, stage) -> words.put(name, stage.name()));
        return Json.object()
                .with("serial", serial)
                .with("digest", digest)
                .with("ring", (long) ring)
                .with("since", since.toString())
                .with("halted", halted)
                .with("rolled_back", rolledBack)
                .with("rings", words)
                .with("chosen", chosen)
                .with("order", order)
                .with("hosts", hosts)
                .with("decisions", decisions.stream().map(Decision::json).toList())
                .bytes();
    }

    public static Rollout of(byte[] message) throws PolicyException {
        Json json = Json.parse(message);
        List<Decision> decisions = new ArrayList<>();
        for (Json decision : json.objects("decisions")) {
            decisions.add(Decision.of(decision));
        }
        Opening opening = Opening.of(message);
        return new Rollout(
                opening.serial(),
                opening.digest(),
                Math.toIntExact(json.number("ring")),
                json.instant("since"),
                opening.halted(),
                json.bool("rolled_back"),
                opening.rings(),
                opening.chosen(),
                json.number("order"),
                opening.hosts(),
                decisions);
    }
}
