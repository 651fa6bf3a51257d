// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.killswitch.control.log.Origin;

/**
 * One function under override, or one that is observed, as it was when it was read.
 *
 * @param symbol the name under which it was engaged
 * @param retval the value that the function returns; 0 where it is only observed
 * @param hits calls caught so far, summed over CPUs
 * @param details empty where the caller may not read them (only root may)
 * @param origin empty where the kernel log is not readable or no longer reaches back that far
 */
public record Engagement(
        SymbolName symbol, Retval retval, long hits, Optional<Details> details, Optional<Origin> origin) {

    /**
     * What the files of fn/SYMBOL/ say.
     *
     * @param timeoutLeft whole seconds until the probe or countdown ends; zero once engaged for good
     * @param passed calls that a guard let through, summed over CPUs; empty where there is no guard
     * @param unread calls of which a guard could not read something that it asks about; likewise
     * @param reason as it was given with the command
     */
    public record Details(
            State state,
            Duration timeoutLeft,
            Backend backend,
            OptionalLong passed,
            OptionalLong unread,
            Optional<String> reason) {}

    /** Where in its life an engagement is. */
    public enum State {
        /** Only counts; commits or aborts when the time is over. */
        PROBING,
        /** Overrides, and disengages by itself when the time is over. */
        EXPIRING,
        /** Only counts, until it is enforced or disengaged. */
        OBSERVING,
        /** Overrides until disengaged. */
        ENGAGED;

        /** The word that the kernel uses. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How the override is installed. */
    public enum Backend {
        FTRACE,
        DIRECT,
        KPROBE;

        /** The word that the kernel uses. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
