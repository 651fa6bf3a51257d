// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.killswitch.catalogue.Catalogue;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.data.Verification;
import org.killswitch.catalogue.data.VerifiedFile;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.lab.LabOfHost;
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.Lab;
import org.killswitch.lab.LabException;
import org.killswitch.lab.SourceTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code script/dev verify}. */
@Command(
        name = "verify",
        header = "Verify in guests that the catalogue's engagements close the flaws' doors.",
        description = {
            "",
            "Boots a guest for each kernel. For each entry with a door, the door is gone through by the least privileged user who"
                    + " can, before the entry's engagement, during it and after. Writes mitigations/verified.json and"
                    + " docs/verified.md; what was verified on other kernels stays there. Takes some minutes a kernel.",
            ""
        },
        footer = {
            "",
            "Exit status: 0 no engagement failed, 1 one did; 2 wrong usage.",
            "",
            "Examples:",
            "  script/dev verify",
            "  script/dev verify --kernel 6.12 CVE-2026-31431"
        })
final class VerifyCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Mixin
    private final KernelsOption kernels = new KernelsOption();

    @Option(names = "--table", description = "Boot nothing; write the table of what was verified anew.")
    private boolean tableOnly;

    @Parameters(
            arity = "0..*",
            paramLabel = "CVE",
            converter = Converters.ToCve.class,
            description = "Only these entries (default: all with a door).")
    private List<String> cves = List.of();

    VerifyCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws ImportException, IOException {
        SourceTree sources = LabOfHost.sources();
        Path mitigations = sources.root().resolve("mitigations");
        Catalogue catalogue = Catalogue.read(List.of(mitigations));
        catalogue.problems().forEach(p -> host.err().println("script/dev: " + p));
        List<Entry> entries = catalogue.entries().values().stream()
                .filter(e -> e.door().isPresent())
                .toList();
        List<Verification> all = new ArrayList<>(VerifiedFile.read(mitigations, cve -> true));
        boolean failed = false;
        if (!tableOnly) {
            Lab lab = LabOfHost.open(host);
            Doors doors = new Doors(
                    lab,
                    sources,
                    SourceTree.image().orElseThrow(() -> new LabException("the command is not built: make userland")));
            for (KernelRelease release : kernels.releases()) {
                List<Verification> now = doors.verify(lab.kernel(release), chosen(entries), System.err);
                failed |= now.stream().anyMatch(v -> v.outcome() == Verification.Outcome.FAILED);
                now.forEach(v -> host.out().println(release.name() + ": " + v.cve() + " " + v.summary()));
                all = merged(all, now);
                // What one kernel has taken minutes for is not lost if the next one fails.
                write(sources, entries, all);
            }
        }
        write(sources, entries, all);
        return failed ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private List<Entry> chosen(Collection<Entry> entries) {
        List<Entry> chosen = entries.stream()
                .filter(e -> cves.isEmpty() || cves.contains(e.cve()))
                .toList();
        for (String cve : cves) {
            if (chosen.stream().noneMatch(e -> e.cve().equals(cve))) {
                throw new LabException("the catalogue has no entry of " + cve + " with a door");
            }
        }
        return chosen;
    }

    /** What is new takes the place of what was said of the same entry and kernel. */
    private static List<Verification> merged(List<Verification> old, List<Verification> now) {
        List<Verification> all = new ArrayList<>(old);
        all.removeIf(o ->
                now.stream().anyMatch(n -> n.cve().equals(o.cve()) && n.kernel().equals(o.kernel())));
        all.addAll(now);
        return all;
    }

    private static void write(SourceTree sources, List<Entry> entries, List<Verification> all) throws IOException {
        List<Verification> ordered = VerifiedTable.ordered(entries, all);
        Files.writeString(sources.root().resolve("mitigations/" + VerifiedFile.NAME), VerifiedTable.json(ordered));
        Files.writeString(sources.root().resolve(VerifiedTable.FILE), VerifiedTable.markdown(entries, ordered));
    }
}
