// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.web;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.killswitch.cli.output.Messages;
import org.killswitch.fleet.api.FleetPolicy;
import org.killswitch.fleet.api.Json;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.Ring;
import org.killswitch.fleet.api.Rollout;
import org.killswitch.fleet.controller.Fleet;
import org.killswitch.fleet.controller.Rings;
import org.killswitch.fleet.controller.Tally;
import org.killswitch.fleet.controller.View;

/**
 * The fleet in numbers.
 *
 * @param states how many hosts are in which state
 * @param trouble hosts whose kernel had trouble with the policy
 * @param rebooting hosts that wait for a reboot
 * @param reboots the hosts that each line is from, of what a reboot would fix
 * @param functions calls by function, as the hosts count now
 */
record Snapshot(
        View view,
        Optional<Rings> rings,
        Map<String, Long> states,
        long trouble,
        long rebooting,
        Map<String, Long> reboots,
        Map<String, Calls> functions) {

    private static final String SILENT = "silent";
    private static final int FUNCTIONS_SHOWN = 10;
    private static final int REBOOTS_SHOWN = 20;
    private static final int DECISIONS_SHOWN = 50;

    /** Calls of a function, and on how many hosts. */
    record Calls(long calls, long hosts) {
        private Calls plus(long more) {
            return new Calls(calls + more, hosts + (more > 0 ? 1 : 0));
        }
    }

    static Snapshot of(View view) {
        long trouble = 0;
        long rebooting = 0;
        Map<String, Long> reboots = new HashMap<>();
        Map<String, Calls> functions = new HashMap<>();
        for (Fleet.Seen seen : view.fleet().hosts()) {
            Report report = seen.report();
            trouble += report.trouble().isEmpty() ? 0 : 1;
            rebooting += report.reboots().isEmpty() ? 0 : 1;
            report.reboots().forEach(line -> reboots.merge(line, 1L, Long::sum));
            report.hits()
                    .forEach((function, calls) -> functions.merge(
                            function, new Calls(0, 0).plus(calls), (before, one) -> before.plus(one.calls())));
        }
        Optional<Rings> rings =
                view.rollout().flatMap(r -> view.policy().map(p -> Rings.of(p, view.fleet(), r.chosen())));
        return new Snapshot(view, rings, states(view.fleet().hosts(), view), trouble, rebooting, reboots, functions);
    }

    /** The state of a host in a word. */
    static String state(Fleet.Seen host, View view) {
        return host.silent() ? SILENT : Messages.word(host.phase(view.rollout()));
    }

    /** How many hosts are in which state, with the states in which there is none. */
    static Map<String, Long> states(List<Fleet.Seen> hosts, View view) {
        Map<String, Long> states = new LinkedHashMap<>();
        for (Report.Phase phase : Report.Phase.values()) {
            states.put(Messages.word(phase), 0L);
        }
        states.put(SILENT, 0L);
        hosts.forEach(h -> states.merge(state(h, view), 1L, Long::sum));
        return states;
    }

    /** How the roll-out is; empty if there is none. */
    Optional<Rings.State> rollout() {
        return view.rollout().flatMap(r -> view.policy().map(p -> Rings.State.of(r, p)));
    }

    /** What the page shows of it. */
    Json json() {
        Json json = Json.object()
                .with("connected", view.connected())
                .with("leads", view.leads())
                .with("hosts", (long) view.fleet().hosts().size())
                .with("states", states)
                .with("trouble", trouble)
                .with("rebooting", rebooting)
                .with(
                        "reboots",
                        most(
                                reboots,
                                Map.Entry.comparingByValue(),
                                REBOOTS_SHOWN,
                                (line, hosts) ->
                                        Json.object().with("what", line).with("hosts", hosts)))
                .with(
                        "functions",
                        most(
                                functions,
                                Map.Entry.comparingByValue(Comparator.comparingLong(Calls::calls)),
                                FUNCTIONS_SHOWN,
                                (name, calls) -> Json.object()
                                        .with("name", name)
                                        .with("calls", calls.calls())
                                        .with("hosts", calls.hosts())));
        view.rollout().ifPresent(r -> json.with("decisions", decisions(r)));
        view.rollout().ifPresent(r -> view.policy().ifPresent(p -> json.with("rollout", rollout(r, p))));
        return json;
    }

    private Json rollout(Rollout rollout, FleetPolicy policy) {
        List<Json> list = new ArrayList<>();
        rings.ifPresent(all -> all.parts().forEach(p -> list.add(ring(p, rollout))));
        return Json.object()
                .with("serial", rollout.serial())
                .with("state", Rings.State.of(rollout, policy).toString())
                .with("expires", policy.expires().toString())
                .with("since", rollout.since().toString())
                .with("current", (long) rollout.ring())
                .with("outside", rings.map(all -> (long) all.outside().size()))
                .with("rings", list);
    }

    private Json ring(Rings.Part part, Rollout rollout) {
        Ring.Gate gate = part.ring().gate();
        Json json = Json.object()
                .with("name", part.ring().name())
                .with("members", Rings.members(part.ring()))
                .with("stage", part.stageWord(rollout))
                .with("hosts", (long) part.hosts().size())
                .with("states", states(part.hosts(), view))
                .with("observe", part.ring().observe().map(o -> o.toSeconds()))
                .with("soak", gate.soak().toSeconds())
                .with("reached", Rings.percent(gate.reached()))
                .with("failed", Rings.percent(gate.failed()))
                .with("trouble", (long) gate.trouble())
                .with("hits", gate.hits().isPresent() ? Optional.of(gate.hits().getAsLong()) : Optional.empty());
        return json.with("now", part.tally(rollout).map(t -> tally(t, gate)));
    }

    private static Json tally(Tally tally, Ring.Gate gate) {
        return Json.object()
                .with("hosts", (long) tally.hosts())
                .with("reached", (long) tally.reached())
                .with("failed", (long) tally.failed().size())
                .with("trouble", (long) tally.trouble().size())
                .with("bursts", (long) tally.bursts().size())
                .with("is_reached", tally.isReached(gate))
                .with("too_many_failed", tally.tooManyFailed(gate))
                .with("why_not", tally.whyNot(gate));
    }

    /** The newest first. */
    private static List<Json> decisions(Rollout rollout) {
        return rollout.decisions().reversed().stream()
                .limit(DECISIONS_SHOWN)
                .map(Rollout.Decision::json)
                .toList();
    }

    private interface Row<T> {
        Json of(String name, T value);
    }

    private static <T> List<Json> most(
            Map<String, T> all, Comparator<Map.Entry<String, T>> order, int limit, Row<T> row) {
        return all.entrySet().stream()
                .sorted(order.reversed().thenComparing(Map.Entry.comparingByKey()))
                .limit(limit)
                .map(e -> row.of(e.getKey(), e.getValue()))
                .toList();
    }
}
