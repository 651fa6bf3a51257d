// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the Debian security tracker's json: one object of all source packages, of which the kernel's are taken. */
final class TrackerImporter {

    private static final Pattern KERNEL = Pattern.compile("linux(-\\d+\\.\\d+)?");
    private static final Pattern CVE = Pattern.compile("CVE-\\d{4}-\\d+");
    private static final String NEVER_AFFECTED = "0";

    private final DistroIndex index = new DistroIndex();

    /** package -> suite -> the versions that the newest CVE's record says are there. */
    private final Map<String, SortedMap<String, List<String>>> current = new TreeMap<>();

    /** Reads from the value of the first package on, which has that name. */
    void read(String first, JsonParser in) throws ImportException {
        String name = first;
        while (true) {
            if (KERNEL.matcher(name).matches()) {
                readPackage(name, in);
            } else {
                in.skipChildren();
            }
            if (in.nextToken() != JsonToken.PROPERTY_NAME) {
                break;
            }
            name = in.currentName();
            in.nextToken();
        }
        current.forEach(
                (kernel, suites) -> suites.forEach((suite, versions) -> index.current(kernel, suite, versions)));
        if (index.size() == 0) {
            throw new ImportException("there is no source package linux in it: not the Debian security tracker's json");
        }
    }

    private void readPackage(String name, JsonParser in) {
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String cve = in.currentName();
            in.nextToken();
            if (!CVE.matcher(cve).matches()) {
                // TEMP-... and the like have no number that anything else could be compared with.
                in.skipChildren();
                continue;
            }
            Json.map(Json.read(in), "releases").forEach((suite, status) -> {
                index.put(name, cve, status(suite, status));
                List<String> versions = new ArrayList<>();
                Json.map(status, "repositories").values().forEach(v -> versions.add(v.toString()));
                if (!versions.isEmpty()) {
                    current.computeIfAbsent(name, n -> new TreeMap<>())
                            .put(suite, versions.stream().distinct().toList());
                }
            });
        }
    }

    private static DistroStatus status(String suite, Object json) {
        Optional<String> version = Json.text(json, "fixed_version");
        Optional<String> remark =
                Json.text(json, "urgency").filter(u -> u.equals("unimportant") || u.equals("end-of-life"));
        return switch (Json.text(json, "status").orElse("")) {
            case "resolved" ->
                version.isPresent() && !version.get().equals(NEVER_AFFECTED)
                        ? new DistroStatus(suite, DistroStatus.State.FIXED, version, remark)
                        : new DistroStatus(suite, DistroStatus.State.NOT_AFFECTED, Optional.empty(), remark);
            case "open" -> new DistroStatus(suite, DistroStatus.State.OPEN, Optional.empty(), remark);
            default -> new DistroStatus(suite, DistroStatus.State.UNDETERMINED, Optional.empty(), remark);
        };
    }

    DistroIndex index() {
        return index;
    }
}
