// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.lab.LabOfHost;
import org.killswitch.cli.output.Json;
import org.killswitch.cli.output.Table;
import org.killswitch.control.Engagement;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.Lab;
import org.killswitch.lab.LabException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code script/dev matrix}. */
@Command(
        name = "matrix",
        header = "Run the whole test suite on every stock kernel.",
        description =
                "Takes half an hour a kernel; then, unless --kernel names some, the tests that are for none and that"
                        + " script/test leaves out, or shortens, as they take long. Without --kernel, Debian's real-time"
                        + " and cloud flavours are among the kernels, and one for riscv64, on which the selftests run. The"
                        + " tests' own output goes to userland/systemtest/target/matrix/.")
final class MatrixCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Mixin
    private final KernelsOption kernels = new KernelsOption();

    @Option(
            names = "--backend",
            paramLabel = "BACKEND",
            split = ",",
            defaultValue = "direct",
            converter = Converters.ToBackend.class,
            description = "The best of direct, ftrace and kprobe that the module may use; several make a run each"
                    + " (default: ${DEFAULT-VALUE}).")
    private List<Engagement.Backend> backends = List.of();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    MatrixCommand(Host host) {
        this.host = host;
    }

    /**
     * A kernel, and what came of it: the version and backend are "-" where it could not be had or does not load, and all
     * are where the tests are for none.
     */
    private record Row(String kernel, String version, String architecture, String backend, SystemTests.Result result) {
        boolean passed() {
            return result.failed().isEmpty();
        }
    }

    @Override
    public Integer call() {
        SystemTests suite = new SystemTests(LabOfHost.sources());
        Lab lab = LabOfHost.open(host);
        List<KernelRelease> releases =
                kernels.releases(Stream.of(KernelRelease.STOCK, KernelRelease.FLAVOURS, KernelRelease.PORTS)
                        .flatMap(List::stream)
                        .toList());
        List<Row> rows = new ArrayList<>();
        int runs = releases.size() * backends.size();
        for (KernelRelease release : releases) {
            for (Engagement.Backend best : backends) {
                System.err.println("lab: " + release.name() + ", at best " + best + " (" + (rows.size() + 1) + " of "
                        + runs + ")");
                rows.add(run(lab, suite, release, best.toString()));
            }
        }
        if (kernels.isAll()) {
            System.err.println("lab: what takes long and is for no kernel in particular");
            rows.add(new Row("-", "-", "-", "-", suite.runLong()));
        }
        if (json) {
            host.out().println(json(rows));
        } else {
            table(rows).lines().forEach(host.out()::println);
            rows.forEach(this::explain);
        }
        return rows.stream().allMatch(Row::passed) ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static Row run(Lab lab, SystemTests suite, KernelRelease release, String best) {
        String version = "-";
        String backend = "-";
        try {
            Kernel kernel = lab.kernel(release);
            version = kernel.version();
            backend = suite.backend(lab, kernel, best).orElse("-");
        } catch (LabException e) {
            System.err.println("lab: " + release.name() + ": " + e.getMessage()); // the tests say the same, and fail
        }
        return new Row(release.name(), version, release.architecture().debian(), backend, suite.run(release, best));
    }

    private void explain(Row row) {
        String run = row.kernel() + " (" + row.backend() + ")";
        for (String test : row.result().failed()) {
            host.out().println(run + ": FAILED " + test + " (" + row.result().log() + ")");
        }
        for (String test : row.result().skipped()) {
            host.out().println(run + ": SKIPPED " + test);
        }
    }

    private static Table table(List<Row> rows) {
        Table table = new Table(List.of(
                Table.Align.LEFT,
                Table.Align.LEFT,
                Table.Align.LEFT,
                Table.Align.LEFT,
                Table.Align.RIGHT,
                Table.Align.RIGHT,
                Table.Align.RIGHT,
                Table.Align.RIGHT));
        table.row(List.of("KERNEL", "VERSION", "ARCHITECTURE", "BACKEND", "PASSED", "FAILED", "SKIPPED", "TIME"));
        for (Row row : rows) {
            SystemTests.Result result = row.result();
            table.row(List.of(
                    row.kernel(),
                    row.version(),
                    row.architecture(),
                    row.backend(),
                    Integer.toString(result.passed()),
                    Integer.toString(result.failed().size()),
                    Integer.toString(result.skipped().size()),
                    minutes(result.time())));
        }
        return table;
    }

    private static String minutes(Duration time) {
        return String.format("%d:%02d", time.toMinutes(), time.toSecondsPart());
    }

    private static String json(List<Row> rows) {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        for (Row row : rows) {
            Map<String, @Nullable Object> node = new LinkedHashMap<>();
            node.put("kernel", row.kernel());
            node.put("version", row.version());
            node.put("architecture", row.architecture());
            node.put(
                    "backend",
                    Optional.of(row.backend()).filter(b -> !b.equals("-")).orElse(null));
            node.put("passed", (long) row.result().passed());
            node.put("failed", row.result().failed());
            node.put("skipped", row.result().skipped());
            node.put("seconds", row.result().time().toSeconds());
            list.add(node);
        }
        return Json.render(Map.of("kernels", list), true);
    }
}
