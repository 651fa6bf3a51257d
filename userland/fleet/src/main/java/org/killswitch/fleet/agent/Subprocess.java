// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.killswitch.policy.PolicyException;

/** A process that is run for what it finds out. It has no input, its errors are not read, and it is ended if it takes too long. */
final class Subprocess {

    private static final int OUTPUT_MAX = 4 * 1024 * 1024;

    private Subprocess() {}

    /** What came of it. */
    record Outcome(int status, String output) {}

    /**
     * Runs one to its end.
     *
     * @throws PolicyException if it cannot be run, takes too long, or prints more than 4 MiB
     */
    static Outcome run(List<String> command, Duration limit) throws PolicyException, InterruptedException {
        String what = String.join(" ", command);
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new PolicyException(what + " cannot be run: " + e.getMessage(), e);
        }
        long end = System.nanoTime() + limit.toNanos();
        Thread watchdog = Thread.ofVirtual().start(() -> endAfter(process, limit));
        try (InputStream out = process.getInputStream()) {
            process.getOutputStream().close();
            byte[] output = out.readNBytes(OUTPUT_MAX + 1);
            if (output.length > OUTPUT_MAX) {
                throw new PolicyException(what + " prints more than " + OUTPUT_MAX + " bytes");
            }
            int status = process.waitFor();
            if (System.nanoTime() - end >= 0) {
                throw new PolicyException(what + " has not come to an end within " + limit.toMillis() + " ms");
            }
            return new Outcome(status, new String(output, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new PolicyException(what + " cannot be read: " + e.getMessage(), e);
        } finally {
            end(process);
            watchdog.interrupt();
        }
    }

    /** What it has started, too: that holds its output. */
    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static void endAfter(Process process, Duration limit) {
        try {
            if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                end(process);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
