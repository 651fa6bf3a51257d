// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.killswitch.policy.PolicyException;

/**
 * Has {@code killswitch cve scan} judge this host. It is a process of its own, because what it takes, a hundred megabytes
 * and some seconds, is given back when it ends; an agent has neither.
 */
final class CveScan {

    private static final List<String> COMMAND = List.of("killswitch", "cve", "scan", "--json");
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int OUTPUT_MAX = 4 * 1024 * 1024;

    /** Nothing affected, mitigated, open. */
    private static final List<Integer> DONE = List.of(0, 3, 4);

    private CveScan() {}

    /** What it has printed. */
    static byte[] run() throws PolicyException, InterruptedException {
        return run(COMMAND, LIMIT);
    }

    static byte[] run(List<String> command, Duration limit) throws PolicyException, InterruptedException {
        String what = String.join(" ", command);
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new PolicyException(what + " cannot be run: " + e.getMessage(), e);
        }
        Thread watchdog = Thread.ofVirtual().start(() -> endAfter(process, limit));
        try (InputStream out = process.getInputStream()) {
            process.getOutputStream().close();
            byte[] output = out.readNBytes(OUTPUT_MAX + 1);
            if (output.length > OUTPUT_MAX) {
                throw new PolicyException(what + " prints more than " + OUTPUT_MAX + " bytes");
            }
            int status = process.waitFor();
            if (!DONE.contains(status)) {
                throw new PolicyException(what + " has ended with status " + status);
            }
            return output;
        } catch (IOException e) {
            throw new PolicyException(what + " cannot be read: " + e.getMessage(), e);
        } finally {
            process.destroyForcibly();
            watchdog.interrupt();
        }
    }

    private static void endAfter(Process process, Duration limit) {
        try {
            if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
