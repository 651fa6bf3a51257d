// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import org.killswitch.guard.Guard;

/**
 * A guard as it is written.
 *
 * @param unread what becomes of a call of which something that it asks about cannot be read
 */
public record GuardText(String when, Guard.Unread unread) {

    public GuardText {
        when = when.strip();
    }

    public GuardText(String when) {
        this(when, Guard.Unread.OVERRIDE);
    }

    /** On one line. */
    @Override
    public String toString() {
        return when.replaceAll("\\s*\\R\\s*", " ") + (unread == Guard.Unread.PASS ? " (unread: pass)" : "");
    }
}
