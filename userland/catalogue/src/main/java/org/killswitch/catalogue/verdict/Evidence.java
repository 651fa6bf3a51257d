// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import java.util.Locale;

/**
 * Something that was found out.
 *
 * @param text a sentence without its dot
 * @param decides whether the verdict is what it is because of it
 */
public record Evidence(Source source, String text, boolean decides) {

    /** Where it is from. */
    public enum Source {
        /** What runs. */
        KERNEL,
        /** The distribution's own data. */
        DISTRIBUTION,
        /** The releases of kernel.org. */
        UPSTREAM,
        /** The package's changelog. */
        CHANGELOG,
        /** Where the code is. */
        CODE,
        /** What keeps everybody away from it. */
        MITIGATION,
        /** Other kernels that are installed. */
        INSTALLED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Evidence deciding(Source source, String text) {
        return new Evidence(source, text, true);
    }

    static Evidence note(Source source, String text) {
        return new Evidence(source, text, false);
    }
}
