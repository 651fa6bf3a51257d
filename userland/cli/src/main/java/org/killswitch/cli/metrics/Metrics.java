// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.verdict.Status;
import org.killswitch.catalogue.verdict.Verdict;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.PrometheusText;
import org.killswitch.cli.output.PrometheusText.MetricType;
import org.killswitch.control.ControlException;
import org.killswitch.control.Engagement;
import org.killswitch.control.Engagement.Details;
import org.killswitch.control.Engagement.State;
import org.killswitch.control.Killswitch;
import org.killswitch.control.Pending;
import org.killswitch.policy.BootState;

/** What is engaged, and what the verdicts are, as metrics. */
final class Metrics {

    private final Host host;
    private final PrometheusText text = new PrometheusText();

    private Metrics(Host host) {
        this.host = host;
    }

    /** All of them. */
    static String of(Host host, List<Verdict> verdicts) throws ControlException {
        Metrics metrics = new Metrics(host);
        metrics.module();
        metrics.policy();
        metrics.verdicts(verdicts);
        return metrics.text.toString();
    }

    private void module() throws ControlException {
        Killswitch killswitch = host.killswitch();
        boolean isLoaded = killswitch.isLoaded();
        text.family("killswitch_loaded", MetricType.GAUGE, "Whether the kernel module is loaded.")
                .sample(isLoaded);
        if (!isLoaded) {
            return;
        }
        text.family("killswitch_sealed", MetricType.GAUGE, "Whether nothing can be disengaged until the next boot.")
                .sample(killswitch.sealed());
        text.family("killswitch_locked", MetricType.GAUGE, "Whether nothing new can be engaged until the next boot.")
                .sample(killswitch.locked());
        List<Engagement> all = killswitch.engagements();
        List<Pending> pending = killswitch.pending();
        PrometheusText.Family hits =
                text.family("killswitch_hits_total", MetricType.COUNTER, "Calls that were caught.");
        all.forEach(e -> hits.sample(symbol(e), e.hits()));
        text.family("killswitch_bpf_programs", MetricType.GAUGE, "Programs of engage --bpf that are pinned.")
                .sample(Map.of(), host.bpfFs().overrides().orElse(List.of()).size());
        if (!killswitch.showsDetails()) {
            host.err()
                    .println("killswitch: only root sees the states of functions; the metrics that need them are left"
                            + " out");
            return;
        }
        PrometheusText.Family states =
                text.family("killswitch_functions", MetricType.GAUGE, "How many functions there are in each state.");
        for (State state : State.values()) {
            states.sample(
                    Map.of("state", state.toString()),
                    all.stream().filter(e -> state(e) == state).count());
        }
        states.sample(Map.of("state", "pending"), pending.size());
        PrometheusText.Family engaged =
                text.family("killswitch_engaged", MetricType.GAUGE, "1 for each function that is overridden.");
        all.stream()
                .filter(e -> state(e) == State.ENGAGED || state(e) == State.EXPIRING)
                .forEach(e -> engaged.sample(
                        labels(
                                "symbol",
                                e.symbol().text(),
                                "reason",
                                e.details().flatMap(Details::reason).orElse("")),
                        1));
        count(all, "killswitch_passed_total", "Calls that a guard let through.", Details::passed);
        count(
                all,
                "killswitch_unread_total",
                "Calls of which a guard could not read what it asks about.",
                Details::unread);
        PrometheusText.Family left =
                text.family("killswitch_timeout_seconds", MetricType.GAUGE, "Time until a probe or a countdown ends.");
        for (Engagement e : all) {
            e.details()
                    .filter(d -> !d.timeoutLeft().isZero())
                    .ifPresent(d -> left.sample(symbol(e), d.timeoutLeft().toSeconds()));
        }
    }

    private static State state(Engagement e) {
        return e.details().map(Details::state).orElse(State.ENGAGED);
    }

    private void count(List<Engagement> all, String name, String help, Function<Details, OptionalLong> which) {
        PrometheusText.Family family = text.family(name, MetricType.COUNTER, help);
        for (Engagement e : all) {
            e.details()
                    .map(which)
                    .filter(OptionalLong::isPresent)
                    .ifPresent(n -> family.sample(symbol(e), n.getAsLong()));
        }
    }

    private static Map<String, String> symbol(Engagement e) {
        return Map.of("symbol", e.symbol().text());
    }

    private static Map<String, String> labels(String first, String one, String second, String two) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(first, one);
        labels.put(second, two);
        return labels;
    }

    private void policy() {
        text.family(
                        "killswitch_policy_left_out",
                        MetricType.GAUGE,
                        "Entries of the policy that are left out, because the system did not come up with them.")
                .sample(Map.of(), BootState.read(host.files()).leftOut().size());
    }

    private void verdicts(List<Verdict> verdicts) {
        verdict(
                verdicts,
                "killswitch_cve_affected",
                "Whether the kernel has the flaw and nothing is in the way.",
                v -> v.status() == Status.AFFECTED);
        verdict(
                verdicts,
                "killswitch_cve_unknown",
                "Whether it cannot be told if the kernel has the flaw.",
                v -> v.status() == Status.UNKNOWN);
        verdict(
                verdicts,
                "killswitch_cve_mitigated",
                "Whether something keeps everybody away from the flaw.",
                v -> v.status() == Status.MITIGATED);
        verdict(
                verdicts,
                "killswitch_cve_reboot",
                "Whether a kernel with the fix is installed and does not run.",
                v -> v.reboot().isPresent());
    }

    private void verdict(List<Verdict> verdicts, String name, String help, Predicate<Verdict> is) {
        PrometheusText.Family family = text.family(name, MetricType.GAUGE, help);
        for (Verdict v : verdicts) {
            family.sample(
                    labels(
                            "cve",
                            v.subject().cve(),
                            "name",
                            v.subject().entry().map(Entry::name).orElse("")),
                    is.test(v) ? 1 : 0);
        }
    }
}
