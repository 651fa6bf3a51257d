// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Turns what others publish into the files that verdicts are made from. What a source is, its content says. */
public final class Imports {

    /** Where a host keeps what was imported. */
    public static final Path OF_THIS_HOST = Path.of("/var/lib/killswitch");

    /** Goes along with each copy of the CNA's records, as it demands. */
    private static final String CVE_TERMS = """
            CVE Usage: MITRE hereby grants you a perpetual, worldwide, non-exclusive, no-charge, royalty-free, irrevocable \
            copyright license to reproduce, prepare derivative works of, publicly display, publicly perform, sublicense, \
            and distribute Common Vulnerabilities and Exposures (CVE®). Any copy you make for such purposes is authorized \
            provided that you reproduce MITRE's copyright designation and this license in any such copy. DISCLAIMERS: ALL \
            DOCUMENTS AND THE INFORMATION CONTAINED THEREIN PROVIDED BY MITRE ARE PROVIDED ON AN "AS IS" BASIS AND THE \
            CONTRIBUTOR, THE ORGANIZATION HE/SHE REPRESENTS OR IS SPONSORED BY (IF ANY), THE MITRE CORPORATION, ITS BOARD \
            OF TRUSTEES, OFFICERS, AGENTS, AND EMPLOYEES, DISCLAIM ALL WARRANTIES, EXPRESS OR IMPLIED, INCLUDING BUT NOT \
            LIMITED TO ANY WARRANTY THAT THE USE OF THE INFORMATION THEREIN WILL NOT INFRINGE ANY RIGHTS OR ANY IMPLIED \
            WARRANTIES OF MERCHANTABILITY OR FITNESS FOR A PARTICULAR PURPOSE.""";

    /** The first key of a CVE record, which alone does not say enough. */
    private static final String CVE_RECORD = "containers";

    private static final Pattern NOT_PUBLISHED = Pattern.compile("(?:.*/)?cve/[a-z]+/.*|(?:.*/)?\\.git/.*");

    private final Path source;
    private final String origin;
    private final VulnsImporter vulns = new VulnsImporter();
    private final OsvImporter osv = new OsvImporter();
    private @Nullable DistroIndex tracker;
    private int others;

    /**
     * A part of what came of an import.
     *
     * @param what "the kernel CNA's records"
     * @param count how many CVEs are in the index now
     * @param ignored how many records of the source are of no use
     */
    public record Imported(String what, int count, int ignored) {}

    private Imports(Path source, String origin) {
        this.source = source;
        this.origin = origin;
    }

    /**
     * Imports a file or a folder.
     *
     * @param source a checkout or an archive of the CNA's repository, the Debian tracker's json, OSV records
     * @param origin what to call it
     * @param folder where the index files are; made if it is not there
     * @throws ImportException if nothing in it is of use, or something is damaged; the index files are as they were then
     */
    public static List<Imported> read(Path source, String origin, Path folder, Instant now) throws ImportException {
        if (!Files.exists(source)) {
            throw new ImportException("there is no " + source);
        }
        Imports imports = new Imports(source, origin);
        try {
            Members.visit(source, imports::take);
        } catch (IOException e) {
            throw new ImportException(source + " cannot be read: " + e, e);
        }
        return imports.write(folder, now);
    }

    private void take(String name, InputStream content) throws IOException, ImportException {
        if (vulns.take(name, content) || NOT_PUBLISHED.matcher(name).matches()) {
            return;
        }
        boolean isAlone = !Files.isDirectory(source) && name.equals(String.valueOf(source.getFileName()));
        if (isAlone || name.endsWith(".json")) {
            JsonFiles.read(name, content, in -> {
                takeJson(in);
                return name;
            });
        }
    }

    private void takeJson(JsonParser in) throws ImportException {
        if (in.currentToken() == JsonToken.START_ARRAY) {
            while (in.nextToken() == JsonToken.START_OBJECT) {
                takeRecord(Json.map(Json.read(in)));
            }
            return;
        }
        if (in.currentToken() != JsonToken.START_OBJECT) {
            others++;
            return;
        }
        // The tracker is an object of packages, which are objects; a record begins with a text or a list.
        Map<String, Object> record = new LinkedHashMap<>();
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = in.currentName();
            if (in.nextToken() == JsonToken.START_OBJECT && record.isEmpty() && !key.equals(CVE_RECORD)) {
                TrackerImporter importer = new TrackerImporter();
                importer.read(key, in);
                tracker = importer.index();
                return;
            }
            record.put(key, Json.read(in));
        }
        takeRecord(record);
    }

    private void takeRecord(Map<String, Object> record) {
        if (OsvImporter.isRecord(record)) {
            osv.take(record);
        } else {
            others++;
        }
    }

    private List<Imported> write(Path folder, Instant now) throws ImportException {
        List<Imported> parts = new ArrayList<>();
        if (!vulns.isEmpty()) {
            List<CveRecord> records = vulns.records();
            if (records.isEmpty()) {
                throw new ImportException(source + " has no CVE with both its .dyad and its .json");
            }
            KernelIndex.write(folder, records, kernelHeaders(now));
            parts.add(new Imported("the kernel CNA's records", records.size(), vulns.incomplete()));
        }
        if (!osv.kernel().isEmpty()) {
            SortedMap<String, CveRecord> all = new TreeMap<>(KernelIndex.read(folder, c -> true)
                    .map(KernelIndex::records)
                    .orElseGet(TreeMap::new));
            osv.kernel().forEach((cve, record) -> all.merge(cve, record, Imports::withFiles));
            KernelIndex.write(folder, all.values(), kernelHeaders(now));
            parts.add(new Imported("OSV records of the kernel", osv.kernel().size(), osv.unusable()));
        }
        if (tracker != null) {
            writeDistro("debian", tracker, folder, now);
            parts.add(new Imported("the Debian security tracker's data", tracker.size(), 0));
        }
        for (Map.Entry<String, DistroIndex> distribution : osv.distributions().entrySet()) {
            DistroIndex all = DistroIndex.read(folder, distribution.getKey()).orElseGet(DistroIndex::new);
            all.putAll(distribution.getValue());
            writeDistro(distribution.getKey(), all, folder, now);
            parts.add(new Imported(
                    "OSV records of " + distribution.getKey(),
                    distribution.getValue().size(),
                    osv.unusable()));
        }
        if (parts.isEmpty()) {
            throw new ImportException(source
                    + " has nothing that can be imported: neither the kernel CNA's repository, nor the"
                    + " Debian security tracker's json, nor OSV records with versions of a kernel"
                    + (others + osv.unusable() > 0 ? " (" + (others + osv.unusable()) + " other records)" : ""));
        }
        return parts;
    }

    /** The newer record, with the files of the older one where it has none. */
    private static CveRecord withFiles(CveRecord old, CveRecord record) {
        return record.files().isEmpty()
                ? new CveRecord(record.cve(), old.title(), old.cvss(), old.files(), record.ranges())
                : record;
    }

    private Map<String, String> kernelHeaders(Instant now) {
        Map<String, String> headers = new HashMap<>(Map.of("licence", CVE_TERMS));
        headers.put("imported", now.toString());
        headers.put("source", origin);
        return headers;
    }

    private void writeDistro(String distribution, DistroIndex index, Path folder, Instant now) throws ImportException {
        index.header("imported", now.toString());
        index.header("source", origin);
        index.write(folder, distribution);
    }

    /** When the data was imported, as an index file's headers have it. */
    public static Optional<Instant> imported(Map<String, String> headers) {
        return Optional.ofNullable(headers.get("imported")).map(Instant::parse);
    }
}
