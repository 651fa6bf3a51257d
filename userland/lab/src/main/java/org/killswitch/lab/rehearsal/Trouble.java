// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.rehearsal;

import java.util.List;
import org.killswitch.lab.GuestFailure;

/**
 * What went wrong with the guest itself.
 *
 * @param during what it was doing
 * @param what in a line
 * @param log the last lines of its console
 */
public record Trouble(String during, String what, List<String> log) {

    public Trouble {
        log = List.copyOf(log);
    }

    static Trouble of(String during, GuestFailure failure) {
        List<String> lines = String.valueOf(failure.getMessage()).lines().toList();
        return new Trouble(during, lines.getFirst(), failure.console());
    }
}
