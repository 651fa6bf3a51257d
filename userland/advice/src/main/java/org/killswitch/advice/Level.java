// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

/** How much a finding speaks against an engagement, from nothing to everything. */
public enum Level {
    OK,
    NOTE,
    WARNING,
    DANGER,
    NEVER
}
