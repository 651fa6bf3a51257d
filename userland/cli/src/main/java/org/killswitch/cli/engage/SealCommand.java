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

/** {@code killswitch seal --yes}. */
@Command(
        name = "seal",
        header = "Let nothing be disengaged until the next reboot.",
        description = {
            "",
            "From then on nobody, root included, can disengage a function, change the value that it returns, or unload"
                    + " the kernel module. More can still be engaged; 'killswitch lock' prevents that.",
            "There is no way back but a reboot.",
            ""
        })
public final class SealCommand implements Callable<Integer> {

    private final Host host;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(names = "--yes", description = "Do it, although only a reboot undoes it.")
    private boolean yes;

    public SealCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws ControlException {
        if (!yes) {
            throw new ParameterException(
                    spec.commandLine(), "there is no way back but a reboot; to do it all the same, add --yes");
        }
        if (host.killswitch().sealed()) {
            host.out().println("sealed already");
            return ExitCode.OK;
        }
        host.killswitch().seal();
        host.out().println("sealed: what is engaged stays so until the next boot");
        return ExitCode.OK;
    }
}
