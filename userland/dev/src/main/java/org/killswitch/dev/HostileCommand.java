// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.Converters;
import org.killswitch.cli.Host;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code script/dev hostile}. */
@Command(
        name = "hostile",
        header = "Attack the module in a guest, as a user and as root.",
        description =
                "Each attack once, then two at a time until the time is over, and in the end those on a module that is sealed and"
                        + " locked. Under each, what is engaged has to override, an engage must take effect in less than a"
                        + " second, a countdown has to end in time, and modules have to come and go.")
final class HostileCommand extends TortureCommand {

    /** One with a file system in user space, control groups and io_uring. */
    private static final String KERNEL = "6.12";

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
            description = "Other pairs of attacks, from 1 to 1000000 (default: ${DEFAULT-VALUE}).")
    private int seed;

    @Option(names = "--only", paramLabel = "ATTACK", description = "One attack, once.")
    private @Nullable String only;

    HostileCommand(Host host) {
        super(host, KERNEL);
    }

    @Override
    public Integer call() {
        List<String> arguments = new ArrayList<>(
                List.of("--seconds", Long.toString(time.toSeconds()), "--seed", Integer.toString(seed)));
        if (only != null) {
            arguments.addAll(List.of("--only", only));
        }
        return run(Torture.Tool.HOSTILE, arguments, List.of(), time.plusMinutes(15));
    }
}
