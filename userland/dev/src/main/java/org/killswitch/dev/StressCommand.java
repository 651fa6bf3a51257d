// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.time.Duration;
import java.util.List;
import org.killswitch.cli.Converters;
import org.killswitch.cli.Host;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code script/dev stress}. */
@Command(
        name = "stress",
        header = "Stress the module in a guest: every operation at once, while engaged functions are called.",
        description =
                "Every command, reads and writes of every file, the modules coming and going, a CPU going off and on, and"
                        + " tracers, all at the same time. What may happen is checked at each step.")
final class StressCommand extends TortureCommand {

    @Option(
            names = "--time",
            paramLabel = "TIME",
            defaultValue = "10m",
            converter = Converters.ToTime.class,
            description = "For how long, as in 30s or 5m (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Duration time;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Another order of things, from 1 to 1000000 (default: ${DEFAULT-VALUE}).")
    private int seed;

    StressCommand(Host host) {
        super(host);
    }

    @Override
    public Integer call() {
        List<String> arguments =
                List.of("--seconds", Long.toString(time.toSeconds()), "--seed", Integer.toString(seed));
        return run(Torture.Tool.STRESS, arguments, List.of(), time.plusMinutes(10));
    }
}
