// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.catalogue.version.FixRange;
import org.killswitch.catalogue.version.UpstreamVersion;

/** Reads records of the OSV schema: the kernel's own, Debian's and Ubuntu's, which say which versions are affected. */
final class OsvImporter {

    private static final Pattern CVE = Pattern.compile("CVE-\\d{4}-\\d{4,}");
    private static final Pattern DEBIAN = Pattern.compile("Debian:(\\d+)");
    private static final Pattern UBUNTU = Pattern.compile("Ubuntu:(\\d+\\.\\d+)(:LTS)?");
    private static final Pattern KERNEL_PACKAGE = Pattern.compile("linux(-[a-z0-9.-]+)?");

    private final SortedMap<String, CveRecord> kernel = new TreeMap<>();
    private final Map<String, DistroIndex> distributions = new TreeMap<>();
    private int unusable;

    static boolean isRecord(Map<String, Object> json) {
        return json.containsKey("id") && json.containsKey("affected");
    }

    /** Takes one record. */
    void take(Map<String, Object> json) {
        if (json.containsKey("withdrawn")) {
            return;
        }
        boolean used = false;
        for (Object affected : Json.list(json, "affected")) {
            String ecosystem = Json.text(affected, "package", "ecosystem").orElse("");
            String name = Json.text(affected, "package", "name").orElse("");
            Matcher debian = DEBIAN.matcher(ecosystem);
            Matcher ubuntu = UBUNTU.matcher(ecosystem);
            if (ecosystem.equals("Linux") && name.equals("Kernel")) {
                used |= takeKernel(json, affected);
            } else if (debian.matches() && KERNEL_PACKAGE.matcher(name).matches()) {
                Optional<String> suite = Suites.name(Integer.parseInt(debian.group(1)));
                used |= suite.isPresent() && takePackage("debian", name, suite.get(), json, affected);
            } else if (ubuntu.matches() && KERNEL_PACKAGE.matcher(name).matches()) {
                used |= takePackage("ubuntu", name, ubuntu.group(1), json, affected);
            }
        }
        if (!used) {
            unusable++;
        }
    }

    /** The CVEs that a record is about: an advisory names several. */
    private static Set<String> cves(Map<String, Object> json) {
        Set<String> cves = new LinkedHashSet<>();
        addCves(Json.text(json, "id").orElse(""), cves);
        if (cves.isEmpty()) {
            for (String list : List.of("aliases", "upstream", "related")) {
                Json.texts(json, list).forEach(id -> addCves(id, cves));
            }
        }
        return cves;
    }

    private static void addCves(String id, Set<String> cves) {
        Matcher m = CVE.matcher(id);
        if (m.find()) {
            cves.add(m.group());
        }
    }

    private boolean takeKernel(Map<String, Object> json, Object affected) {
        List<FixRange> ranges = new ArrayList<>();
        for (Object range : Json.list(affected, "ranges")) {
            if (!Json.text(range, "type").orElse("").equals("GIT")) {
                ranges.addAll(kernelRanges(Json.list(range, "events")));
            }
        }
        List<String> files = Json.texts(affected, "database_specific", "affected_files");
        if (files.isEmpty()) {
            files = Json.texts(json, "database_specific", "affected_files");
        }
        Set<String> cves = cves(json);
        for (String cve : cves) {
            if (!ranges.isEmpty()) {
                CveRecord known = kernel.get(cve);
                List<FixRange> all = new ArrayList<>(known == null ? List.of() : known.ranges());
                all.addAll(ranges);
                String title = Json.text(json, "summary").orElse("");
                kernel.put(
                        cve,
                        new CveRecord(
                                cve, title, Json.text(json, "severity", "score").orElse(""), files, all));
            }
        }
        return !cves.isEmpty() && !ranges.isEmpty();
    }

    /**
     * Events are intervals, one after the other: 4.14 to 5.10.254, 5.11 to 5.15.204. The second one begins where the next
     * branch begins; the flaw came with 4.14 there, too. A beginning within a branch is a backport's.
     */
    private static List<FixRange> kernelRanges(List<Object> events) {
        List<FixRange> ranges = new ArrayList<>();
        Optional<UpstreamVersion> first = Optional.empty();
        Optional<UpstreamVersion> introduced = Optional.empty();
        boolean isOpen = false;
        for (Object event : events) {
            Optional<String> beginning = Json.text(event, "introduced");
            Optional<UpstreamVersion> fixed = Json.text(event, "fixed").flatMap(UpstreamVersion::parse);
            if (beginning.isPresent()) {
                introduced = KernelIndex.version(beginning.get());
                boolean continues = !ranges.isEmpty()
                        && introduced.isPresent()
                        && introduced.get().isMainline();
                if (continues) {
                    introduced = first;
                } else if (ranges.isEmpty()) {
                    first = introduced;
                }
                isOpen = true;
            } else if (fixed.isPresent() && isOpen) {
                ranges.add(new FixRange(introduced, fixed, ""));
                isOpen = false;
            }
        }
        if (isOpen) {
            ranges.add(new FixRange(introduced, Optional.empty(), ""));
        }
        return ranges;
    }

    private boolean takePackage(
            String distribution, String name, String suite, Map<String, Object> json, Object affected) {
        Optional<String> fixed = Optional.empty();
        boolean hasEvents = false;
        for (Object range : Json.list(affected, "ranges")) {
            if (Json.text(range, "type").orElse("").equals("ECOSYSTEM")) {
                for (Object event : Json.list(range, "events")) {
                    hasEvents = true;
                    Optional<String> version = Json.text(event, "fixed");
                    fixed = version.isPresent() ? version : fixed;
                }
            }
        }
        Set<String> cves = cves(json);
        if (!hasEvents || cves.isEmpty()) {
            return false;
        }
        DistroStatus status = new DistroStatus(
                suite, fixed.isPresent() ? DistroStatus.State.FIXED : DistroStatus.State.OPEN, fixed, Optional.empty());
        DistroIndex index = distributions.computeIfAbsent(distribution, d -> new DistroIndex());
        cves.forEach(cve -> index.put(name, cve, status));
        return true;
    }

    SortedMap<String, CveRecord> kernel() {
        return kernel;
    }

    /** By the distribution's name. */
    Map<String, DistroIndex> distributions() {
        return distributions;
    }

    /** Records that say nothing about a kernel's versions. */
    int unusable() {
        return unusable;
    }
}
