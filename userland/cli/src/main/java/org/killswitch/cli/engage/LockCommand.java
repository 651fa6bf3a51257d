// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import org.killswitch.cli.Host;
import org.killswitch.control.Killswitch;
import picocli.CommandLine.Command;

/** {@code killswitch lock --yes}. */
@Command(
        name = "lock",
        header = "Prevent new engagements until the next reboot.",
        description = {
            "",
            "After that nobody, root included, can engage, observe or enforce a function, or unload the kernel module."
                    + " What is pending is still engaged when its module is loaded, 'killswitch keep' still works, and"
                    + " what is engaged can be disengaged; 'killswitch seal' prevents that.",
            "There is no way back but a reboot.",
            ""
        },
        footer = {"", "Example:", "  killswitch lock --yes"})
public final class LockCommand extends OneWayCommand {

    public LockCommand(Host host) {
        super(host, "locked", "nothing new can be engaged until the next boot", Killswitch::locked, Killswitch::lock);
    }
}
