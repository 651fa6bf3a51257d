// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Times;
import org.killswitch.fleet.api.Json;
import org.killswitch.fleet.controller.Controller;
import org.killswitch.fleet.controller.FleetWatch;
import org.killswitch.fleet.controller.News;
import org.killswitch.fleet.controller.Rings;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code killswitch fleet watch}. */
@Command(
        name = "watch",
        header = "Show decisions and what becomes of the hosts, as it happens.",
        footer = {
            "",
            "Hosts of which the same has become within a second are in one line. Ends with Ctrl-C, or with status 1 when the"
                    + " connection is lost."
        })
final class FleetWatchCommand implements Callable<Integer> {

    private static final Duration ROUND = Duration.ofSeconds(1);

    private final Host host;

    @Option(names = "--json", description = "Print a JSON object for each line.")
    private boolean json;

    @Mixin
    private final FleetOptions options = new FleetOptions();

    FleetWatchCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws PolicyException, InterruptedException {
        try (Session session = new Session(options.config());
                FleetWatch reports = session.watch(host.err())) {
            News.Look before = look(session, reports);
            print(before.all());
            while (!host.out().checkError()) {
                Thread.sleep(ROUND);
                News.Look now = look(session, reports);
                print(now.since(before));
                before = now;
            }
            return 1;
        }
    }

    private static News.Look look(Session session, FleetWatch reports) throws PolicyException, InterruptedException {
        return new News.Look(session.rollout(), reports.fleet(Controller.Pace.USUAL.silence()));
    }

    private void print(List<News> news) {
        Instant now = Instant.now();
        news.forEach(n -> host.out().println(json ? json(n, now).toString() : text(n, now)));
        host.out().flush();
    }

    private String text(News news, Instant now) {
        return switch (news) {
            case News.Decided(var d) -> Times.forPeople(d.when(), host.zone()) + "  " + d.line();
            case News.Changed(String what, List<String> hosts) ->
                Times.forPeople(now, host.zone()) + "  " + (hosts.size() == 1 ? "" : hosts.size() + " hosts: ")
                        + Rings.some(hosts) + ": " + what;
        };
    }

    private static Json json(News news, Instant now) {
        Json line = Json.object().with("version", 1L);
        return switch (news) {
            case News.Decided(var d) -> line.with("event", "decision").with("decision", d.json());
            case News.Changed(String what, List<String> hosts) ->
                line.with("event", "hosts")
                        .with("when", Times.forPrograms(now))
                        .with("what", what)
                        .with("hosts", hosts);
        };
    }
}
