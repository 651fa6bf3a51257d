// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.util.List;
import org.killswitch.catalogue.version.FixRange;

/**
 * What the kernel's CNA publishes about a CVE, as far as a verdict needs it.
 *
 * @param cvss the vector; empty where there is none
 * @param files the source files with the flaw
 */
public record CveRecord(String cve, String title, String cvss, List<String> files, List<FixRange> ranges) {
    public CveRecord {
        files = List.copyOf(files);
        ranges = List.copyOf(ranges);
    }
}
