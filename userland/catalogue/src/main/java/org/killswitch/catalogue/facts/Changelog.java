// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.facts;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.catalogue.version.DebianVersion;
import org.killswitch.host.SystemFiles;

/** The CVEs that a package's changelog says were fixed, each with the version that did it first. */
public final class Changelog {

    private static final Pattern HEADING = Pattern.compile("^[a-z0-9][a-z0-9+.-]* \\(([^)]+)\\) .*;.*");
    private static final Pattern CVE = Pattern.compile("CVE-\\d{4}-\\d{4,}");

    private final Map<String, DebianVersion> fixes = new HashMap<>();

    private Changelog() {}

    /** Reads what Debian's and Ubuntu's packages have in their documentation. */
    static Changelog read(SystemFiles files, String release) {
        Changelog log = new Changelog();
        for (String name : List.of("linux-image-", "linux-modules-", "linux-image-unsigned-")) {
            for (String file : List.of("changelog.Debian.gz", "changelog.gz")) {
                log.add(files.lines("/usr/share/doc/" + name + release + "/" + file));
            }
        }
        return log;
    }

    private void add(List<String> lines) {
        Optional<DebianVersion> version = Optional.empty();
        for (String line : lines) {
            if (!line.startsWith(" ") && !line.isEmpty()) {
                Matcher heading = HEADING.matcher(line);
                version = heading.matches() ? DebianVersion.parse(heading.group(1)) : version;
            } else if (version.isPresent() && line.contains("CVE-")) {
                Matcher m = CVE.matcher(line);
                while (m.find()) {
                    fixes.merge(m.group(), version.get(), (a, b) -> a.compareTo(b) < 0 ? a : b);
                }
            }
        }
    }

    /** The version whose entry names the CVE. */
    public Optional<DebianVersion> fixedBy(String cve) {
        return Optional.ofNullable(fixes.get(cve));
    }
}
