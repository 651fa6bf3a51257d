// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import org.killswitch.cli.Host;
import org.killswitch.control.Killswitch;
import picocli.CommandLine.Command;

/** {@code killswitch seal --yes}. */
@Command(
        name = "seal",
        header = "Prevent disengaging until the next reboot.",
        description = {
            "",
            "After that nobody, root included, can disengage a function, change the value that it returns, or unload"
                    + " the kernel module. More can still be engaged; 'killswitch lock' prevents that.",
            "There is no way back but a reboot.",
            ""
        },
        footer = {"", "Example:", "  killswitch seal --yes"})
public final class SealCommand extends OneWayCommand {

    public SealCommand(Host host) {
        super(host, "sealed", "what is engaged stays so until the next boot", Killswitch::sealed, Killswitch::seal);
    }
}
