// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Table;
import org.killswitch.cli.output.Times;
import org.killswitch.fleet.api.FleetPolicy;
import org.killswitch.fleet.api.Json;
import org.killswitch.fleet.api.Rollout;
import org.killswitch.fleet.controller.Rings;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code killswitch fleet status}. */
@Command(name = "status", header = "Show how far the roll-out has come, and each decision: who, what, why.")
final class FleetStatusCommand implements Callable<Integer> {

    private final Host host;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private final FleetOptions options = new FleetOptions();

    FleetStatusCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws PolicyException, InterruptedException {
        try (Session session = new Session(options.config())) {
            Session.Current current = session.current();
            Rollout rollout = current.rollout();
            FleetPolicy policy = current.policy();
            Rings rings = Rings.of(policy, session.fleet(host.err()), rollout.chosen());
            if (json) {
                host.out().println(json(rollout, policy, rings));
            } else {
                print(rollout, policy, rings);
            }
        }
        return 0;
    }

    private void print(Rollout rollout, FleetPolicy policy, Rings rings) {
        host.out().println("serial " + rollout.serial() + ": " + Rings.State.of(rollout, policy));
        Table table = new Table(List.of(Table.Align.LEFT, Table.Align.LEFT, Table.Align.RIGHT, Table.Align.LEFT));
        table.row(List.of("RING", "STAGE", "HOSTS", ""));
        for (Rings.Part part : rings.parts()) {
            String phases = part.phases(rollout).entrySet().stream()
                    .map(e -> e.getValue() + " " + e.getKey())
                    .collect(Collectors.joining(", "));
            table.row(List.of(
                    part.ring().name(),
                    part.stageWord(rollout),
                    String.valueOf(part.hosts().size()),
                    phases));
        }
        table.lines(host.width()).forEach(host.out()::println);
        for (Rollout.Decision d : rollout.decisions()) {
            host.out().println(Times.forPrograms(d.when()) + "  " + d.line());
        }
    }

    private static Json json(Rollout rollout, FleetPolicy policy, Rings rings) {
        return Json.object()
                .with("version", 1L)
                .with("serial", rollout.serial())
                .with("state", Rings.State.of(rollout, policy).toString())
                .with(
                        "rings",
                        rings.parts().stream()
                                .map(p -> Json.object()
                                        .with("name", p.ring().name())
                                        .with("stage", p.stageWord(rollout))
                                        .with("hosts", (long) p.hosts().size())
                                        .with("phases", p.phases(rollout)))
                                .toList())
                .with(
                        "decisions",
                        rollout.decisions().stream().map(Rollout.Decision::json).toList());
    }
}
