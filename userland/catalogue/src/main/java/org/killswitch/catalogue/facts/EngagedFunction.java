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
import org.killswitch.host.SystemFiles;

/**
 * A function that killswitch overrides, or will override when its module comes.
 *
 * @param symbol as it was engaged, perhaps with its module
 * @param details empty where only root may know them, and for what is pending
 * @param pending whether its module is not loaded
 * @param guard the text of its guard, which the command keeps: the kernel has none; empty if it is not known
 */
public record EngagedFunction(
        SymbolName symbol,
        Retval retval,
        Optional<Engagement.Details> details,
        boolean pending,
        Optional<String> guard) {

    /** Where the command keeps them, for root alone. */
    private static final String GUARDS = "/run/killswitch/guards/";

    /** What the module says; nothing where it is not loaded. */
    static List<EngagedFunction> read(Path root) {
        Path interfaceFolder = root.resolve(Path.of("/").relativize(Killswitch.DEFAULT_ROOT));
        KernelLog log = new KernelLog(root.resolve("dev/kmsg"), root.resolve("proc/stat"));
        Killswitch killswitch = new Killswitch(interfaceFolder, log);
        SystemFiles files = new SystemFiles(root);
        List<EngagedFunction> all = new ArrayList<>();
        try {
            if (killswitch.isLoaded()) {
                for (Engagement e : killswitch.engagements()) {
                    all.add(new EngagedFunction(e.symbol(), e.retval(), e.details(), false, guard(files, e.symbol())));
                }
                for (Pending p : killswitch.pending()) {
                    // One without a value is only observed when its module comes.
                    p.retval()
                            .ifPresent(r -> all.add(new EngagedFunction(
                                    p.symbol(), r, Optional.empty(), true, guard(files, p.symbol()))));
                }
            }
        } catch (ControlException e) {
            // What cannot be read is not known to mitigate anything.
            return List.of();
        }
        return all;
    }

    private static Optional<String> guard(SystemFiles files, SymbolName symbol) {
        return files.text(GUARDS + symbol.text());
    }

    /** The kernel's word for a state in which calls are only counted; empty where they are overridden. */
    public Optional<String> onlyCounts() {
        return details.map(Engagement.Details::state)
                .filter(s -> s != Engagement.State.ENGAGED && s != Engagement.State.EXPIRING)
                .map(Engagement.State::toString);
    }

    /** Whether a guard lets some calls through. */
    public boolean isGuarded() {
        return pending
                ? guard.isPresent()
                : details.filter(d -> d.passed().isPresent()).isPresent();
    }

    /** Whether its guard is known to be the one of that text. */
    public boolean isGuardedBy(String text) {
        return guard.filter(text.strip()::equals).isPresent();
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
