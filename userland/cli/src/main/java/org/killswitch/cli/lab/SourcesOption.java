// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.killswitch.lab.SourceTree;
import picocli.CommandLine.Option;

/** Which sources the module is built from: the option of the commands that build it. */
public final class SourcesOption {

    @Option(
            names = "--sources",
            paramLabel = "DIR",
            description =
                    "The sources of killswitch to build and run (default: those that hold this folder, unless another"
                            + " user could have changed them, or those that killswitch-dkms has installed).")
    private @Nullable Path folder;

    /**
     * The sources.
     *
     * @throws org.killswitch.lab.LabException if there are none, or they are not to be trusted
     */
    public SourceTree tree() {
        return folder == null ? LabOfHost.sources() : SourceTree.named(folder);
    }
}
