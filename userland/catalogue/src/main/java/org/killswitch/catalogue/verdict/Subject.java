// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import java.util.List;
import java.util.Optional;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.data.CveRecord;
import org.killswitch.catalogue.version.FixRange;

/**
 * What is known of a flaw: by the imported records, by the catalogue, or by both.
 *
 * @param ranges empty where nobody says which releases have it
 */
public record Subject(String cve, List<FixRange> ranges, List<String> files, Optional<Entry> entry) {

    public Subject {
        ranges = List.copyOf(ranges);
        files = List.copyOf(files);
    }

    /** The imported record's releases are newer than the entry's, where there is one. */
    public static Subject of(Entry entry, Optional<CveRecord> record) {
        return new Subject(
                entry.cve(), record.map(CveRecord::ranges).orElse(entry.affected()), entry.files(), Optional.of(entry));
    }

    /** A CVE that the catalogue has no entry of. */
    public static Subject of(CveRecord record) {
        return new Subject(record.cve(), record.ranges(), record.files(), Optional.empty());
    }
}
