// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.Converters;
import org.killswitch.cli.Host;
import org.killswitch.control.Killswitch;
import org.killswitch.control.Reason;
import picocli.CommandLine.Option;

/** The option of every command that changes what is engaged. */
final class ReasonOption {

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            converter = Converters.ToReason.class,
            description = "Why: a CVE, a ticket; 1 to 120 printable ASCII characters. It is logged, and shown by"
                    + " 'killswitch status'.")
    private @Nullable Reason reason;

    boolean isGiven() {
        return reason != null;
    }

    @Nullable
    Reason get() {
        return reason;
    }

    /** The module, told the reason. */
    Killswitch killswitch(Host host) {
        return host.killswitch().withReason(Optional.ofNullable(reason));
    }
}
