// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

/** What all findings together come to. */
public enum Verdict {
    /** Nothing is against it, and what can be known is known. */
    GOOD(0),
    /** Not everything is known, or something has to be tried: rehearse it. */
    REHEARSE(0),
    DANGEROUS(3),
    NEVER(4);

    private final int exitStatus;

    Verdict(int exitStatus) {
        this.exitStatus = exitStatus;
    }

    public int exitStatus() {
        return exitStatus;
    }
}
