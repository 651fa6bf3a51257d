// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.killswitch.policy.PolicyException;

/**
 * Has {@code killswitch cve scan} judge this host. It is a process of its own, because what it takes, a hundred megabytes
 * and some seconds, is given back when it ends; an agent has neither.
 */
final class CveScan {

    private static final List<String> COMMAND = List.of("killswitch", "cve", "scan", "--json");
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** Nothing affected, mitigated, open. */
    private static final List<Integer> DONE = List.of(0, 3, 4);

    private CveScan() {}

    /** What it has printed. */
    static byte[] run() throws PolicyException, InterruptedException {
        return run(COMMAND);
    }

    static byte[] run(List<String> command) throws PolicyException, InterruptedException {
        Subprocess.Outcome outcome = Subprocess.run(command, LIMIT);
        if (!DONE.contains(outcome.status())) {
            throw new PolicyException(String.join(" ", command) + " has ended with status " + outcome.status());
        }
        return outcome.output().getBytes(StandardCharsets.UTF_8);
    }
}
