// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.status;

import java.util.List;
import java.util.Optional;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.Engagement;
import org.killswitch.control.Killswitch;
import org.killswitch.control.Pending;

/**
 * All that there is to see.
 *
 * @param sealed whether nothing can be disengaged until the next boot
 * @param locked whether nothing new can be engaged until the next boot
 * @param programs the pins of engagebpf, each a program that overrides a function; empty where the caller may not look
 */
record Status(
        List<Engagement> engagements,
        List<Pending> pending,
        boolean sealed,
        boolean locked,
        Optional<List<String>> programs) {

    static Status of(Host host) throws ControlException {
        Killswitch killswitch = host.killswitch();
        return new Status(
                killswitch.engagements(),
                killswitch.pending(),
                killswitch.sealed(),
                killswitch.locked(),
                host.bpfFs().overrides());
    }

    /** Whether nothing is engaged, observed or pending, and no program known that overrides a function. */
    boolean isEmpty() {
        return engagements.isEmpty()
                && pending.isEmpty()
                && programs.map(List::isEmpty).orElse(true);
    }

    /** Whether only root could say more. */
    boolean isIncomplete() {
        return programs.isEmpty()
                || engagements.stream().anyMatch(e -> e.details().isEmpty());
    }
}
