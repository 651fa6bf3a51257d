// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.time.Duration;
import java.util.List;
import org.killswitch.cli.Host;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code script/dev faults}. */
@Command(
        name = "faults",
        header = "Inject an allocation failure at every point of every command, in a guest.",
        description =
                "Also copies from and to user space, in every command, every file, and the loading of the modules. Each time it"
                        + " is either done all the same, or refused with nothing changed; what is locked or sealed stays"
                        + " refused.")
final class FaultsCommand extends TortureCommand {

    @Option(
            names = "--stride",
            paramLabel = "N",
            defaultValue = "1",
            description = "While a module is loaded, fail every Nth allocation only (default: ${DEFAULT-VALUE}).")
    private int stride;

    FaultsCommand(Host host) {
        super(host);
    }

    @Override
    public Integer call() {
        return run(Torture.Tool.FAULTS, List.of("--stride", Integer.toString(stride)), List.of(), Duration.ofHours(3));
    }
}
