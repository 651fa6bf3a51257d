// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.rehearsal;

/** What a rehearsal found out. */
public enum Verdict {
    /** Nothing changed but what was to change. */
    FINE(0),
    /** Something else that worked does not, or works in another way; or the way to the flaw is still open. */
    CHANGED(3),
    /** The guest's kernel got into trouble, or the guest did not answer any more. */
    NOT_WELL(4);

    private final int exitStatus;

    Verdict(int exitStatus) {
        this.exitStatus = exitStatus;
    }

    /** That of the command. */
    public int exitStatus() {
        return exitStatus;
    }
}
