// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import java.nio.file.Path;
import org.killswitch.fleet.api.FleetConfig;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Option;

/** Where the configuration is. */
final class ConfigOption {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = "/etc/killswitch/fleet.yaml",
            description = "The server, and one's own certificate (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    FleetConfig read() throws PolicyException {
        return FleetConfig.read(file);
    }
}
