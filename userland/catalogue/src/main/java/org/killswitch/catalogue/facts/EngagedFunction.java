// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.facts;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.killswitch.control.ControlException;
import org.killswitch.control.Engagement;
import org.killswitch.control.Killswitch;
import org.killswitch.control.Pending;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.control.log.KernelLog;

/**
 * A function that killswitch overrides, or will override when its module comes.
 *
 * @param symbol as it was engaged, perhaps with its module
 * @param details empty where only root may know them, and for what is pending
 * @param pending whether its module is not loaded
 */
public record EngagedFunction(SymbolName symbol, Retval retval, Optional<Engagement.Details> details, boolean pending) {

    /** What the module says; nothing where it is not loaded. */
    static List<EngagedFunction> read(Path root) {
        Path interfaceFolder = root.resolve(Path.of("/").relativize(Killswitch.DEFAULT_ROOT));
        KernelLog log = new KernelLog(root.resolve("dev/kmsg"), root.resolve("proc/stat"));
        Killswitch killswitch = new Killswitch(interfaceFolder, log);
        List<EngagedFunction> all = new ArrayList<>();
        try {
            if (killswitch.isLoaded()) {
                for (Engagement e : killswitch.engagements()) {
                    all.add(new EngagedFunction(e.symbol(), e.retval(), e.details(), false));
                }
                for (Pending p : killswitch.pending()) {
                    // One without a value is only observed when its module comes.
                    p.retval().ifPresent(r -> all.add(new EngagedFunction(p.symbol(), r, Optional.empty(), true)));
                }
            }
        } catch (ControlException e) {
            // What cannot be read is not known to mitigate anything.
            return List.of();
        }
        return all;
    }

    /** The kernel's word for a state in which calls are only counted; empty where they are overridden. */
    public Optional<String> onlyCounts() {
        return details.map(Engagement.Details::state)
                .filter(s -> s != Engagement.State.ENGAGED && s != Engagement.State.EXPIRING)
                .map(Engagement.State::toString);
    }

    /** Whether a guard lets some calls through. */
    public boolean isGuarded() {
        return details.filter(d -> d.passed().isPresent()).isPresent();
    }

    /** Whether whoever engaged it gave this CVE as the reason. */
    public boolean isBecauseOf(String cve) {
        return details.flatMap(Engagement.Details::reason)
                .filter(r -> List.of(r.split("[^A-Za-z0-9-]+", -1)).contains(cve))
                .isPresent();
    }

    /** Whether an entry's symbol means this function: either may leave the module out. */
    public boolean is(SymbolName other) {
        return symbol.equals(other)
                || (symbol.function().equals(other.function())
                        && (symbol.module().isEmpty() || other.module().isEmpty()));
    }
}
