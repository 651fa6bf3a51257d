// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import java.util.Iterator;
import org.killswitch.lab.KernelRelease;
import picocli.CommandLine.Option;

/** Which kernel a guest runs: the option of the commands that boot one. */
public final class KernelOption {

    @Option(
            names = "--kernel",
            paramLabel = "KERNEL",
            completionCandidates = Names.class,
            description = "Which kernel to boot (default: ${DEFAULT-VALUE}); 'killswitch lab kernels' lists them.")
    private String series;

    /** For completion. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return KernelRelease.ALL.stream().map(KernelRelease::name).iterator();
        }
    }

    /** With the kernel that most commands boot. */
    public KernelOption() {
        this("6.12");
    }

    /** With a default of the command's own. */
    public KernelOption(String series) {
        this.series = series;
    }

    /**
     * The series.
     *
     * @throws org.killswitch.lab.LabException if there is none of that name
     */
    public KernelRelease release() {
        return KernelRelease.named(series);
    }
}
