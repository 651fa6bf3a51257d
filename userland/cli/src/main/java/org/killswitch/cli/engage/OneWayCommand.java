// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.util.concurrent.Callable;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.Killswitch;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that only a reboot undoes, and that has to be confirmed therefore. */
abstract class OneWayCommand implements Callable<Integer> {

    private final Host host;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(names = "--yes", description = "Required: confirms that only a reboot undoes it.")
    private boolean yes;

    OneWayCommand(Host host) {
        this.host = host;
    }

    /** Whether it has been done since the last boot. */
    abstract boolean isDone(Killswitch killswitch) throws ControlException;

    abstract void act(Killswitch killswitch) throws ControlException;

    /** As in "sealed". */
    abstract String participle();

    /** For a person. */
    abstract String consequence();

    @Override
    public final Integer call() throws ControlException {
        if (!yes) {
            throw new ParameterException(spec.commandLine(), "only a reboot undoes this; add --yes to confirm");
        }
        if (isDone(host.killswitch())) {
            host.out().println(participle() + " already");
            return ExitCode.OK;
        }
        act(host.killswitch());
        host.out().println(participle() + ": " + consequence());
        return ExitCode.OK;
    }
}
