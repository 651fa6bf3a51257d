// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import java.util.Locale;

/** Whether the running kernel has a flaw. */
public enum Status {
    /** It has the fix. */
    FIXED,
    /** It has the flaw, and nothing is in the way. */
    AFFECTED,
    /** The flawed code is not in it. */
    NOT_PRESENT,
    /** It has the flaw, or may have it, and something keeps everybody away from it. */
    MITIGATED,
    /** It cannot be told from what is known here. */
    UNKNOWN;

    /** As it is shown: not present. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
