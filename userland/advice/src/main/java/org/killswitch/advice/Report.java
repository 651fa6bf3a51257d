// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * All that was found about an engagement.
 *
 * @param missing kinds of findings that could not be made, and why
 */
public record Report(String symbol, List<Finding> findings, Map<Finding.Id, String> missing) {

    /** The worst of the findings decides. */
    public Verdict verdict() {
        Level worst =
                findings.stream().map(Finding::level).max(Level::compareTo).orElse(Level.WARNING);
        return switch (worst) {
            case NEVER -> Verdict.NEVER;
            case DANGER -> Verdict.DANGEROUS;
            case WARNING -> Verdict.REHEARSE;
            case OK, NOTE -> missing.isEmpty() ? Verdict.GOOD : Verdict.REHEARSE;
        };
    }

    /** With what was found on the host. */
    public Report with(List<Finding> more) {
        return new Report(
                symbol, Stream.concat(findings.stream(), more.stream()).toList(), missing);
    }

    public List<Finding> of(Finding.Id id) {
        return findings.stream().filter(f -> f.id() == id).toList();
    }
}
