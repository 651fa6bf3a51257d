// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.lab.LabException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;

/** {@code script/dev plot}. */
@Command(
        name = "plot",
        header = "Draw the results of 'script/dev bench'.",
        description = {
            "",
            "Prints an SVG image: a bar for each kind of call, as long as it takes instructions. What could not be"
                    + " measured is left out.",
            ""
        },
        footer = {"", "Example:", "  script/dev plot bench.json > bench.svg"})
final class PlotCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Parameters(paramLabel = "FILE", description = "The file that 'script/dev bench --json FILE' wrote.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    PlotCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        host.out().print(plot());
        host.out().flush();
        return ExitCode.OK;
    }

    private String plot() {
        try {
            return BenchmarkPlot.svg(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new LabException("there is no " + file + ": 'script/dev bench --json' writes it", e);
        } catch (IOException e) {
            throw new LabException(file + " cannot be read: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new LabException(
                    file + " is not what 'script/dev bench --json' writes: " + e.getOriginalMessage(), e);
        }
    }
}
