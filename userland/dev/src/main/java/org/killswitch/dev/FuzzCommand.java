// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.Host;
import org.killswitch.cli.lab.LabOfHost;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code script/dev fuzz}. */
@Command(
        name = "fuzz",
        header = "Fuzz the module's control files in a guest.",
        description =
                "Inputs come from the grammar, from raw bytes, and from a corpus; those that reach code that none has reached"
                        + " before join it. Each is accepted or refused as a whole. The inputs that reach something of their"
                        + " own are printed in the end.")
final class FuzzCommand extends TortureCommand {

    @Option(
            names = "--writes",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "How many writes to control and retval (default: ${DEFAULT-VALUE}).")
    private int writes;

    @Option(
            names = "--loads",
            paramLabel = "N",
            defaultValue = "300",
            description = "How many times to load the module with a parameter (default: ${DEFAULT-VALUE}).")
    private int loads;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Other inputs (default: ${DEFAULT-VALUE}).")
    private int seed;

    @Option(
            names = "--corpus",
            paramLabel = "FILE",
            description = "Inputs to begin with, a line each, as this command prints them"
                    + " (default: selftests/fuzz.corpus of the project).")
    private @Nullable Path corpus;

    FuzzCommand(Host host) {
        super(host);
    }

    @Override
    public Integer call() {
        Path begin = corpus == null ? LabOfHost.sources().program("fuzz.corpus") : corpus;
        List<String> arguments = List.of(
                "--writes",
                Integer.toString(writes),
                "--loads",
                Integer.toString(loads),
                "--seed",
                Integer.toString(seed),
                begin.getFileName().toString());
        // a write takes up to 10 ms in an emulated guest whose every access to memory is checked
        Duration limit = Duration.ofMinutes(20).plusMillis(10L * writes).plusSeconds(10L * loads);
        return run(Torture.Tool.FUZZ, arguments, List.of(begin), limit);
    }
}
