// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.metrics;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.verdict.CveData;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.catalogue.verdict.Verdict;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.policy.AtomicFile;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code killswitch metrics [--textfile FILE]}. */
@Command(
        name = "metrics",
        header = "Print metrics for Prometheus.",
        description = {
            "",
            "In the text format that node_exporter's textfile collector reads: what is engaged, hits per function, the"
                    + " verdict for each entry of the catalogue. killswitch-metrics.timer runs it, if that is enabled;"
                    + " alert rules are in /usr/share/doc/killswitch/examples/prometheus.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  killswitch metrics",
            "  killswitch metrics --textfile /var/lib/node_exporter/killswitch.prom"
        })
public final class MetricsCommand implements Callable<Integer> {

    private final Host host;
    private final CvePlaces places;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(
            names = "--textfile",
            paramLabel = "FILE",
            description =
                    "Write them to FILE, at once, instead of printing them; the collector wants .prom at its end.")
    private @Nullable Path textfile;

    public MetricsCommand(Host host) {
        this(host, CvePlaces.ofThisHost());
    }

    MetricsCommand(Host host, CvePlaces places) {
        this.host = host;
        this.places = places;
    }

    @Override
    public Integer call() throws ControlException, ImportException, PolicyException {
        List<Verdict> verdicts = CveData.read(places, cve -> false, host.err()).judgeCatalogue();
        String text = Metrics.of(host, verdicts);
        if (textfile == null) {
            host.out().print(text);
            host.out().flush();
        } else {
            requireFolder(textfile);
            AtomicFile.write(textfile, text);
        }
        return ExitCode.OK;
    }

    /** A collector looks into a folder that is there already; to make one would hide that it is another. */
    private static void requireFolder(Path file) throws PolicyException {
        Path folder = file.toAbsolutePath().getParent();
        if (file.toString().isEmpty() || folder == null || !Files.isDirectory(folder)) {
            throw new PolicyException("--textfile names a file in a folder that exists; '" + file + "' does not");
        }
    }
}
