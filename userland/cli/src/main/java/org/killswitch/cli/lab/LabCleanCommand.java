// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Size;
import org.killswitch.cli.output.Table;
import org.killswitch.lab.Cache;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code killswitch lab clean [--days N] [--dry-run]}. */
@Command(
        name = "clean",
        header = "Remove kernels, tools and modules that have not been used for a while.",
        description = {
            "",
            "Also removes what interrupted builds have left. Another run of the lab keeps what it is making; what is"
                    + " removed is fetched or built again when it is needed.",
            ""
        })
final class LabCleanCommand implements Callable<Integer> {

    private final Host host;
    private final Supplier<List<Cache>> caches;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "30",
            description = "Keep what was used in the last N days (default: ${DEFAULT-VALUE}); 0 removes everything.")
    private int days;

    @Option(names = "--dry-run", description = "Only show what would be removed.")
    private boolean dryRun;

    LabCleanCommand(Host host, Supplier<List<Cache>> caches) {
        this.host = host;
        this.caches = caches;
    }

    @Override
    public Integer call() {
        if (days < 0) {
            throw new ParameterException(spec.commandLine(), "--days takes 0 or more");
        }
        caches.get().forEach(this::clean);
        return ExitCode.OK;
    }

    private void clean(Cache cache) {
        List<Cache.Removed> removed = cache.clean(Instant.now().minus(Duration.ofDays(days)), dryRun);
        if (removed.isEmpty()) {
            host.out().println("nothing to remove in " + cache.root());
            return;
        }
        Table table = new Table(List.of(Table.Align.RIGHT, Table.Align.LEFT));
        removed.forEach(r -> table.row(List.of(Size.of(r.bytes()), r.name())));
        table.lines().forEach(host.out()::println);
        long bytes = removed.stream().mapToLong(Cache.Removed::bytes).sum();
        host.out().println(Size.of(bytes) + (dryRun ? " would be removed from " : " removed from ") + cache.root());
    }
}
