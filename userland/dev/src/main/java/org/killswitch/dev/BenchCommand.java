// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.lab.KernelOption;
import org.killswitch.cli.lab.LabOfHost;
import org.killswitch.lab.LabException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code script/dev bench}. */
@Command(
        name = "bench",
        header = "Measure the cost of killswitch in guests, in instructions.",
        description = {
            "",
            "What a call costs that is overridden, and one that is not, beside other means of the kernel; what engaging and"
                    + " disengaging cost, also of a thousand functions; what memory it takes. The guests count"
                    + " instructions instead of time, so that results are the same on every machine, however busy: caches,"
                    + " and how long an instruction takes, are not in them. Takes some minutes; what has to be compared on a kernel with error injection is measured on "
                    + Benchmark.INJECTION_KERNEL + ", which is built when first used.",
            ""
        },
        footer = {"", "Examples:", "  script/dev bench --json bench.json", "  script/dev plot bench.json > bench.svg"})
final class BenchCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Mixin
    private final KernelOption kernelOption = new KernelOption();

    @Option(names = "--stock-only", description = "Leave out what is measured on " + Benchmark.INJECTION_KERNEL + ".")
    private boolean stockOnly;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the results to a file, as JSON, too.")
    private @Nullable Path json;

    BenchCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        BenchmarkResult result = Benchmark.run(
                LabOfHost.open(host),
                LabOfHost.sources(),
                kernelOption.release(),
                !stockOnly,
                measured -> System.err.println("lab: " + measured));
        BenchmarkText.lines(result).forEach(host.out()::println);
        if (json != null) {
            write(json, BenchmarkText.json(result) + "\n");
        }
        return ExitCode.OK;
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new LabException("the results cannot be written to " + file + ": " + e.getMessage(), e);
        }
    }
}
