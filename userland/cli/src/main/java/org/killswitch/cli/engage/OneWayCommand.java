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
    private final String participle;
    private final String consequence;
    private final Question isDone;
    private final Order order;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(names = "--yes", description = "Required: confirms that only a reboot undoes it.")
    private boolean yes;

    /** Asks the module. */
    interface Question {
        boolean ask(Killswitch killswitch) throws ControlException;
    }

    /** Tells the module. */
    interface Order {
        void give(Killswitch killswitch) throws ControlException;
    }

    /**
     * The command.
     *
     * @param participle as in "sealed"
     * @param consequence for a person
     * @param isDone whether it has been done since the last boot
     */
    OneWayCommand(Host host, String participle, String consequence, Question isDone, Order order) {
        this.host = host;
        this.participle = participle;
        this.consequence = consequence;
        this.isDone = isDone;
        this.order = order;
    }

    @Override
    public final Integer call() throws ControlException {
        if (!yes) {
            throw new ParameterException(spec.commandLine(), "only a reboot undoes this; add --yes to confirm");
        }
        if (isDone.ask(host.killswitch())) {
            host.out().println(participle + " already");
            return ExitCode.OK;
        }
        order.give(host.killswitch());
        host.out().println(participle + ": " + consequence);
        return ExitCode.OK;
    }
}
