// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.killswitch.policy.PolicyException;

/**
 * What the controller tells the hosts: which rings of which policy are open. It makes no policy; the hosts follow only what
 * somebody has signed.
 *
 * @param digest of the signed policy
 * @param halted no host begins anything new
 * @param rings by their names; a ring that is not there has not been opened
 * @param chosen the hosts of the rings of a number of hosts
 * @param order the revision of the last order that it follows from; 0: none, or from an older controller
 * @param hosts how many hosts the rings have that have been opened; 0: not known
 */
public record Opening(
        long serial,
        String digest,
        boolean halted,
        Map<String, Stage> rings,
        Map<String, Set<String>> chosen,
        long order,
        long hosts) {

    /** What the hosts of a ring do. */
    public enum Stage {
        /** Count the calls. */
        OBSERVE,
        /** Override, with a countdown. */
        TRIAL,
        /** Stop the countdown. */
        KEEP,
        /** Undo it. */
        BACK
    }

    public Opening {
        rings = Map.copyOf(rings);
        chosen = Map.copyOf(chosen);
    }

    public byte[] message() {
        Map<String, String> stages = new LinkedHashMap<>();
        rings.forEach((name, stage) -> stages.put(name, stage.name()));
        return Json.object()
                .with("serial", serial)
                .with("digest", digest)
                .with("halted", halted)
                .with("rings", stages)
                .with("chosen", chosen)
                .with("order", order)
                .with("hosts", hosts)
                .bytes();
    }

    public static Opening of(byte[] message) throws PolicyException {
        Json json = Json.parse(message);
        Map<String, Stage> stages = new LinkedHashMap<>();
        for (Map.Entry<String, String> ring : json.map("rings", String.class).entrySet()) {
            stages.put(ring.getKey(), Json.constant(Stage.class, ring.getValue()));
        }
        return new Opening(
                json.number("serial"),
                json.text("digest"),
                json.bool("halted"),
                stages,
                chosen(json.object("chosen")),
                json.optionalNumber("order").orElse(0L),
                json.optionalNumber("hosts").orElse(0L));
    }

    /** Names of hosts by the names of rings. */
    static Map<String, Set<String>> chosen(Json json) {
        Map<String, Set<String>> chosen = new LinkedHashMap<>();
        for (String ring : json.names()) {
            chosen.put(ring, new TreeSet<>(json.texts(ring)));
        }
        return chosen;
    }
}
