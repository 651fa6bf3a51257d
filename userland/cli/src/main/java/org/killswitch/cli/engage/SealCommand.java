// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.Killswitch;
import picocli.CommandLine.Command;

/** {@code killswitch seal --yes}. */
@Command(
        name = "seal",
        header = "Lock all engagements until the next reboot.",
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
        super(host);
    }

    @Override
    boolean isDone(Killswitch killswitch) throws ControlException {
        return killswitch.sealed();
    }

    @Override
    void act(Killswitch killswitch) throws ControlException {
        killswitch.seal();
    }

    @Override
    String participle() {
        return "sealed";
    }

    @Override
    String consequence() {
        return "what is engaged stays so until the next boot";
    }
}
