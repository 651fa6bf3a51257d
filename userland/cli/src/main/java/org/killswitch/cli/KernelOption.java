package org.killswitch.cli;

import org.killswitch.lab.KernelRelease;
import picocli.CommandLine.Option;

/** Which kernel a guest runs: the option of the commands that boot one. */
final class KernelOption {

    @Option(
            names = "--kernel",
            paramLabel = "SERIES",
            defaultValue = "6.12",
            description = "Which kernel to boot (default: ${DEFAULT-VALUE}); 'killswitch lab kernels' lists them.")
    @SuppressWarnings("NullAway.Init")
    private String series;

    /**
     * The series.
     *
     * @throws org.killswitch.lab.LabException if there is none of that name
     */
    KernelRelease release() {
        return KernelRelease.named(series);
    }
}
