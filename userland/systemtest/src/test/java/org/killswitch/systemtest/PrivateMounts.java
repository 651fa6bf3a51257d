// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.killswitch.lab.Output;

/** A shell that believes to be root and whose mounts nobody else sees: it can put other folders in the system's place. */
final class PrivateMounts {
    private static final List<String> UNSHARE =
            List.of("timeout", "300", "unshare", "--user", "--map-root-user", "--mount");

    private PrivateMounts() {}

    /** Says that a test did not run where the host allows no such shell. */
    static void assumeAllowed() {
        Output output = run(Path.of("/"), "true");
        assumeTrue(
                output.status() == 0,
                () -> "user namespaces are needed: " + output.output().strip());
    }

    /** Runs a script in a folder. */
    static Output run(Path directory, String script) {
        List<String> command = new ArrayList<>(UNSHARE);
        command.addAll(List.of("sh", "-euc", "cd \"$0\"; " + script, directory.toString()));
        return Project.tryRun(command);
    }
}
