// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

/** Which part of a text is compared. */
public enum TextMatch {
    WHOLE,
    START,
    END
}
