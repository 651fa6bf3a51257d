// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Table;
import org.killswitch.fleet.api.FleetPolicy;
import org.killswitch.fleet.api.FleetPolicyReader;
import org.killswitch.fleet.api.Json;
import org.killswitch.fleet.api.Ring;
import org.killswitch.fleet.controller.Fleet;
import org.killswitch.fleet.controller.Rings;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code killswitch fleet plan}. */
@Command(name = "plan", header = "Show which hosts a policy would reach, ring by ring. Changes nothing.")
final class PlanCommand implements Callable<Integer> {

    private final Host host;

    @Parameters(paramLabel = "POLICY", description = "The policy, which need not be signed yet.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private final FleetOptions options = new FleetOptions();

    PlanCommand(Host host) {
        this.host = host;
    }

    static String text(Path file) throws PolicyException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new PolicyException(file + " cannot be read: " + e, e);
        }
    }

    @Override
    public Integer call() throws PolicyException, InterruptedException {
        FleetPolicy policy = FleetPolicyReader.read(file, text(file));
        try (Session session = new Session(options.config())) {
            Fleet fleet = session.fleet(host.err());
            Rings rings = Rings.of(policy, fleet, chosen(policy, fleet));
            if (json) {
                host.out().println(json(policy, rings));
            } else {
                print(policy, rings);
            }
        }
        return 0;
    }

    /** The hosts that the controller would pick if it opened all rings now. */
    private static Map<String, Set<String>> chosen(FleetPolicy policy, Fleet fleet) {
        Map<String, Set<String>> chosen = new LinkedHashMap<>();
        for (Ring ring : policy.rings()) {
            if (ring.members() instanceof Ring.Count(int count)) {
                chosen.put(ring.name(), fleet.choose(ring, count, policy, chosen));
            }
        }
        return chosen;
    }

    private void print(FleetPolicy policy, Rings rings) {
        Table table = new Table(List.of(Table.Align.LEFT, Table.Align.LEFT, Table.Align.RIGHT, Table.Align.LEFT));
        table.row(List.of("RING", "MEMBERS", "HOSTS", ""));
        for (Rings.Part part : rings.parts()) {
            table.row(List.of(
                    part.ring().name(),
                    Rings.members(part.ring()),
                    String.valueOf(part.hosts().size()),
                    Rings.some(Rings.names(part.hosts()))));
        }
        host.out().println("serial " + policy.serial() + ", expires " + policy.expires());
        table.lines(host.width()).forEach(host.out()::println);
        if (!rings.outside().isEmpty()) {
            host.out().println("not reached: " + Rings.some(Rings.names(rings.outside())));
        }
    }

    private static Json json(FleetPolicy policy, Rings rings) {
        return Json.object()
                .with("version", 1L)
                .with("serial", policy.serial())
                .with(
                        "rings",
                        rings.parts().stream()
                                .map(p -> Json.object()
                                        .with("name", p.ring().name())
                                        .with("hosts", Rings.names(p.hosts())))
                                .toList())
                .with("not_reached", Rings.names(rings.outside()));
    }
}
