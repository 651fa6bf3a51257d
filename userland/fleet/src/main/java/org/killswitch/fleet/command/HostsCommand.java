// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Messages;
import org.killswitch.cli.output.Table;
import org.killswitch.fleet.api.Json;
import org.killswitch.fleet.api.Report;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code killswitch fleet hosts}. */
@Command(name = "hosts", header = "Show the last report of each host.")
final class HostsCommand implements Callable<Integer> {

    private final Host host;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private final FleetOptions options = new FleetOptions();

    HostsCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws PolicyException, InterruptedException {
        List<Report> reports;
        try (Session session = new Session(options.config())) {
            reports = session.reports(host.err());
        }
        if (json) {
            Json document = Json.object()
                    .with("version", 1L)
                    .with("hosts", reports.stream().map(Report::json).toList());
            host.out().println(document);
            return 0;
        }
        Table table = new Table(List.of(
                Table.Align.LEFT,
                Table.Align.LEFT,
                Table.Align.RIGHT,
                Table.Align.LEFT,
                Table.Align.RIGHT,
                Table.Align.LEFT));
        table.row(List.of("HOST", "KERNEL", "SERIAL", "PHASE", "HITS", ""));
        for (Report r : reports) {
            table.row(List.of(
                    r.host().name(),
                    r.host().kernel(),
                    String.valueOf(r.serial()),
                    Messages.word(r.phase()),
                    String.valueOf(r.hits().values().stream()
                            .mapToLong(Long::longValue)
                            .sum()),
                    remarks(r)));
        }
        table.lines(host.width()).forEach(host.out()::println);
        return 0;
    }

    private static String remarks(Report report) {
        return Stream.of(String.join(", ", report.trouble()), report.message(), String.join("; ", report.notes()))
                .filter(t -> !t.isEmpty())
                .collect(Collectors.joining("; "));
    }
}
