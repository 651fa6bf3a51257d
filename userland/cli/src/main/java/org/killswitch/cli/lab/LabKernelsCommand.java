// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Json;
import org.killswitch.cli.output.Size;
import org.killswitch.cli.output.Table;
import org.killswitch.lab.Cache;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Lab;
import org.killswitch.lab.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code killswitch lab kernels [--json]}. */
@Command(name = "kernels", header = "List available kernels and which are cached.", description = "")
final class LabKernelsCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    LabKernelsCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        List<Lab.Listed> kernels = Lab.open(Progress.none(), System.err).kernels();
        if (json) {
            host.out().println(json(kernels));
        } else {
            table(kernels).lines(host.width()).forEach(host.out()::println);
        }
        return ExitCode.OK;
    }

    private static Table table(List<Lab.Listed> kernels) {
        Table table = new Table(List.of(
                Table.Align.LEFT,
                Table.Align.LEFT,
                Table.Align.LEFT,
                Table.Align.LEFT,
                Table.Align.RIGHT,
                Table.Align.LEFT));
        table.row(List.of("KERNEL", "ARCHITECTURE", "SUITE", "CACHED", "SIZE", "PACKAGE"));
        for (Lab.Listed k : kernels) {
            table.row(List.of(
                    k.release().name(),
                    k.release().architecture().toString(),
                    k.release().suite(),
                    k.cached().map(Kernel::version).orElse("-"),
                    k.cached().map(LabKernelsCommand::size).map(Size::of).orElse("-"),
                    k.cached().map(Kernel::packageVersion).orElse("-")));
        }
        return table;
    }

    private static long size(Kernel kernel) {
        return Cache.size(kernel.root());
    }

    private static String json(List<Lab.Listed> kernels) {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        for (Lab.Listed k : kernels) {
            Map<String, @Nullable Object> node = new LinkedHashMap<>();
            node.put("kernel", k.release().name());
            node.put("architecture", k.release().architecture().toString());
            node.put("suite", k.release().suite());
            node.put("cached_version", k.cached().map(Kernel::version).orElse(null));
            node.put("cached_package", k.cached().map(Kernel::packageVersion).orElse(null));
            node.put("cached_bytes", k.cached().map(LabKernelsCommand::size).orElse(null));
            list.add(node);
        }
        return Json.render(Json.document("kernels", list), true);
    }
}
