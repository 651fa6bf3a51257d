// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.killswitch.host.Programs;

/** Programs of the host. */
public final class Commands {
    private Commands() {}

    /** What a program that ended left: its exit status and its output, standard error included. */
    public record Ended(int status, String output) {
        /** The last lines that say something, for an error of one line. */
        public String lastLines(int n) {
            List<String> lines = output.lines().filter(l -> !l.isBlank()).toList();
            return String.join(" | ", lines.subList(Math.max(0, lines.size() - n), lines.size()));
        }
    }

    /** Runs a program to its end. */
    public static Ended run(Path directory, List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
            Thread killer = new Thread(() -> end(process));
            Runtime.getRuntime().addShutdownHook(killer);
            try (var out = process.getInputStream()) {
                String output = new String(out.readAllBytes(), StandardCharsets.UTF_8);
                return new Ended(process.waitFor(), output);
            } finally {
                removeHook(killer);
            }
        } catch (IOException e) {
            throw new LabException(command.getFirst() + " cannot be run (" + e.getMessage() + "): is it installed?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while " + command.getFirst() + " was running", e);
        }
    }

    /** Ends a program with all that it has started: make alone would leave behind what it runs, which goes on building. */
    public static void end(Process process) {
        List<ProcessHandle> started = process.descendants().toList();
        process.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
    }

    /** Runs a program that has to succeed; what it prints. */
    public static String require(String doing, Path directory, List<String> command) {
        Ended ended = run(directory, command);
        if (ended.status() != 0) {
            throw new LabException(doing + " failed: " + ended.lastLines(3));
        }
        return ended.output();
    }

    public static String require(String doing, Path directory, String... command) {
        return require(doing, directory, List.of(command));
    }

    /** Where a program is, on the PATH or where only root's PATH leads. */
    public static Optional<Path> find(String program) {
        return Programs.onPathOrOfRoot().find(program);
    }

    public static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the hooks are running already
        }
    }
}
