// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.fleet.controller.Controller;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code killswitch fleet serve}. */
@Command(
        name = "serve",
        header = "Run the controller: open rings when their gates hold, take back otherwise.",
        description = {"", "Several may run, on machines of their own; one of them leads.", ""})
final class ServeCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    ServeCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws PolicyException, InterruptedException {
        String name = host.files().text("/proc/sys/kernel/hostname").orElse("an unknown host");
        new Controller(
                        config.read(),
                        "controller on " + name,
                        Controller.Pace.USUAL,
                        InstantSource.system(),
                        host.out()::println)
                .run();
        return 0;
    }
}
