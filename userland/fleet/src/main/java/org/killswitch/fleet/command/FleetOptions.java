// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import java.nio.file.Path;
import org.killswitch.cli.HelpOption;
import org.killswitch.fleet.api.FleetConfig;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that every command of a fleet has. */
final class FleetOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = "/etc/killswitch/fleet.yaml",
            description = "The server, and one's own certificate (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    /** The configuration of whoever gives the command. */
    FleetConfig config() throws PolicyException {
        return FleetConfig.read(file);
    }
}
