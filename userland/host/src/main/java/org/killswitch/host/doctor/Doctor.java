// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.doctor;

import java.util.Arrays;
import java.util.List;

/** Finds out whether a host meets what killswitch needs. */
public final class Doctor {

    private Doctor() {}

    /** A finding of each check, always in the same order. */
    public static List<Finding> examine(HostFacts host) {
        return Arrays.stream(Check.values()).map(check -> check.on(host)).toList();
    }
}
