package org.killswitch.cli;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code killswitch lab stress}. */
@Command(
        name = "stress",
        header = "Have everything happen at once to the module in a guest, while its functions are called.",
        description =
                "Every command, reads and writes of every file, the modules coming and going, a CPU going off and on, and"
                        + " tracers, all at the same time. What may happen is checked at each step. Needs a clone of the"
                        + " project.")
final class LabStressCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Mixin
    private final TrialOptions trial = new TrialOptions();

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

    LabStressCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        List<String> arguments =
                List.of("--seconds", Long.toString(time.toSeconds()), "--seed", Integer.toString(seed));
        return trial.run(host, "stress", arguments, List.of(), time.plusMinutes(10));
    }
}
