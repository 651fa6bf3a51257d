// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.util.List;
import org.killswitch.lab.KernelRelease;
import picocli.CommandLine.Option;

/** Which kernels a command is for that takes all stock ones by itself. */
final class KernelsOption {

    @Option(
            names = "--kernel",
            paramLabel = "KERNEL",
            split = ",",
            description = "Only these kernels (default: the stock ones that 'killswitch lab kernels' lists).")
    private List<String> kernels = List.of();

    /** Whether they are all stock ones. */
    boolean isAll() {
        return kernels.isEmpty();
    }

    /**
     * Their releases.
     *
     * @throws org.killswitch.lab.LabException if there is none of such a name
     */
    List<KernelRelease> releases() {
        return releases(KernelRelease.STOCK);
    }

    /**
     * The same, where more than the stock ones are meant if none is named.
     *
     * @throws org.killswitch.lab.LabException if there is none of such a name
     */
    List<KernelRelease> releases(List<KernelRelease> unlessNamed) {
        return kernels.isEmpty()
                ? unlessNamed
                : kernels.stream().map(KernelRelease::named).toList();
    }
}
