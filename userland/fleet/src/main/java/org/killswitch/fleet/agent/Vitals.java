// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import java.util.ArrayList;
import java.util.List;
import org.killswitch.fleet.api.Json;
import org.killswitch.policy.PolicyException;

/**
 * How the kernel of a host is.
 *
 * @param boot the boot's random number
 * @param oopses since the boot
 * @param warnings since the boot
 * @param taint the bits of /proc/sys/kernel/tainted
 */
public record Vitals(String boot, long oopses, long warnings, long taint) {

    private static final long DIED = 1L << 7;
    private static final long WARNED = 1L << 9;
    private static final long LOCKED_UP = 1L << 14;

    /** A word for each thing that has happened since an earlier time. */
    public List<String> troubleSince(Vitals before) {
        List<String> trouble = new ArrayList<>();
        boolean isSameBoot = boot.equals(before.boot);
        if (!isSameBoot) {
            trouble.add("reboot");
        }
        Vitals since = isSameBoot ? before : new Vitals(boot, 0, 0, 0);
        if (oopses > since.oopses || isNew(DIED, since)) {
            trouble.add("oops");
        }
        if (warnings > since.warnings || isNew(WARNED, since)) {
            trouble.add("warning");
        }
        if (isNew(LOCKED_UP, since)) {
            trouble.add("lockup");
        }
        return trouble;
    }

    private boolean isNew(long bit, Vitals before) {
        return (taint & ~before.taint & bit) != 0;
    }

    Json json() {
        return Json.object()
                .with("boot", boot)
                .with("oopses", oopses)
                .with("warnings", warnings)
                .with("taint", taint);
    }

    static Vitals of(Json json) throws PolicyException {
        return new Vitals(json.text("boot"), json.number("oopses"), json.number("warnings"), json.number("taint"));
    }
}
