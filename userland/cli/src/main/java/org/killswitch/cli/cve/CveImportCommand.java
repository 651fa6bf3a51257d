// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.cve;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.killswitch.catalogue.data.Download;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.data.Imports;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code killswitch cve import SOURCE}. */
@Command(
        name = "import",
        header = "Import CVE data of the kernel's CNA and of distributions.",
        description = {
            "",
            "SOURCE is one of these, as a file, a folder or an https URL:",
            "  the kernel CNA's repository of records (security/vulns on git.kernel.org): a checkout or an archive of it;",
            "  the Debian security tracker's json (security-tracker.debian.org/tracker/data/json);",
            "  OSV records of the kernel, of Debian's or Ubuntu's packages: a file, a folder or a zip archive.",
            "Files may be compressed with xz or gzip. The result is kept in /var/lib/killswitch. A complete source replaces"
                    + " what was imported from it before; OSV records are added.",
            ""
        })
final class CveImportCommand implements Callable<Integer> {

    private final Host host;
    private final CvePlaces places;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "SOURCE", description = "A file, a folder or an https URL.")
    @SuppressWarnings("NullAway.Init")
    private String source;

    CveImportCommand(Host host, CvePlaces places) {
        this.host = host;
        this.places = places;
    }

    @Override
    public Integer call() throws ImportException {
        if (source.isBlank()) {
            throw new ParameterException(spec.commandLine(), "SOURCE is empty: name a file, a folder or an https URL");
        }
        List<Imports.Imported> parts = Download.isUrl(source)
                ? Download.withFile(
                        URI.create(source), file -> Imports.read(file, source, places.data(), Instant.now()))
                : Imports.read(
                        Path.of(source), Path.of(source).toAbsolutePath().toString(), places.data(), Instant.now());
        for (Imports.Imported part : parts) {
            host.out()
                    .println(counted(part.count(), "CVE") + " from " + part.what()
                            + (part.ignored() == 0 ? "" : "; " + counted(part.ignored(), "record") + " ignored"));
        }
        return ExitCode.OK;
    }

    private static String counted(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
