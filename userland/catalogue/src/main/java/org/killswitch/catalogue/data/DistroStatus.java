// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.util.Locale;
import java.util.Optional;

/**
 * What a distribution says about a CVE in one of its suites.
 *
 * @param suite the distribution's name for it: bookworm, 24.04
 * @param fixedVersion the package that fixes it; only with FIXED
 * @param remark a word of the distribution's own: unimportant, end-of-life
 */
public record DistroStatus(String suite, State state, Optional<String> fixedVersion, Optional<String> remark) {

    /** The distribution's answer. */
    public enum State {
        /** From a version on. */
        FIXED,
        /** No version of the suite had it. */
        NOT_AFFECTED,
        /** The suite has it. */
        OPEN,
        /** The distribution does not know. */
        UNDETERMINED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
