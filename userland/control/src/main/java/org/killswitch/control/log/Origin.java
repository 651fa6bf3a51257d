// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control.log;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * Who engaged a function, and when.
 *
 * @param when from the kernel log's clock, which stands still while the machine is suspended: later than the truth by
 *     the time that it has slept since
 */
public record Origin(Instant when, By by) {

    /** Who it was. */
    public sealed interface By {}

    /**
     * A process wrote the command.
     *
     * @param uid its user
     * @param loginUid the user that logged in, whatever sudo and su made of it since; empty where there was no login
     * @param comm its name, as the log escapes it: visible ASCII only
     */
    public record Operator(long uid, OptionalLong loginUid, String comm) implements By {}

    /** The parameter {@code engage=} of the kernel module, when it was loaded. */
    public record ModuleParameter() implements By {}
}
