// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.killswitch.cli.Host;
import org.killswitch.fleet.api.FleetConfig;
import org.killswitch.fleet.api.WebConfig;
import org.killswitch.fleet.controller.Controller;
import org.killswitch.fleet.web.WebServer;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code killswitch fleet serve}. */
@Command(
        name = "serve",
        header = "Run the controller: open rings when their gates hold, take back otherwise.",
        description = {
            "",
            "Several may run, on machines of their own; one of them leads. With web: in the configuration, it serves a page and"
                    + " metrics.",
            ""
        })
final class ServeCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    private final FleetOptions options = new FleetOptions();

    ServeCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws PolicyException, InterruptedException {
        String name = host.files().text("/proc/sys/kernel/hostname").orElse("an unknown host");
        FleetConfig configuration = options.config();
        Controller controller = new Controller(
                configuration,
                "controller on " + name,
                Controller.Pace.USUAL,
                InstantSource.system(),
                host.out()::println);
        Optional<WebConfig> web = configuration.web();
        if (web.isEmpty()) {
            controller.run();
            return 0;
        }
        try (WebServer server = WebServer.start(web.get(), controller::view, host.out()::println)) {
            host.out()
                    .println("serves the page on " + (web.get().tls().isPresent() ? "https:/" : "http:/")
                            + server.address());
            controller.run();
        }
        return 0;
    }
}
