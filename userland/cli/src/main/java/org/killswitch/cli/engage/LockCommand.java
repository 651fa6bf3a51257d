// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.util.concurrent.Callable;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code killswitch lock --yes}. */
@Command(
        name = "lock",
        header = "Let nothing new be engaged until the next reboot.",
        description = {
            "",
            "From then on nobody, root included, can engage, observe or enforce a function, or unload the kernel module."
                    + " What waits for its module is still engaged when that loads, 'killswitch keep' still works, and"
                    + " what is engaged can be disengaged; 'killswitch seal' prevents that.",
            "There is no way back but a reboot.",
            ""
        })
public final class LockCommand implements Callable<Integer> {

    private final Host host;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(names = "--yes", description = "Do it, although only a reboot undoes it.")
    private boolean yes;

    public LockCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws ControlException {
        if (!yes) {
            throw new ParameterException(
                    spec.commandLine(), "there is no way back but a reboot; to do it all the same, add --yes");
        }
        if (host.killswitch().locked()) {
            host.out().println("locked already");
            return ExitCode.OK;
        }
        host.killswitch().lock();
        host.out().println("locked: nothing new can be engaged until the next boot");
        return ExitCode.OK;
    }
}
