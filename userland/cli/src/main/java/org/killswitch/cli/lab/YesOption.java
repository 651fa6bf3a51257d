// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Progress;
import org.killswitch.posix.Native;
import picocli.CommandLine.Option;

/** Whether a person is asked before what takes long: the option of the commands that boot a guest. */
public final class YesOption {

    private static final int STDIN = 0;
    private static final int STDERR = 2;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask before downloading more than 100 MB or building for more than 2 minutes.")
    private boolean yes;

    /** A progress that asks, if a person can answer; others are told by its steps, and it goes on. */
    Progress asking(Progress progress) {
        return yes || !Native.isTerminal(STDIN) || !Native.isTerminal(STDERR)
                ? progress
                : new Asking(
                        progress,
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                        System.err);
    }

    /** Asks on a terminal. */
    record Asking(Progress progress, BufferedReader in, PrintStream out) implements Progress {

        @Override
        public void step(String what) {
            progress.step(what);
        }

        @Override
        public void done() {
            progress.done();
        }

        @Override
        public void confirm(String what) {
            progress.done();
            out.print("This " + what + ". Go on? [y/N] ");
            out.flush();
            String answer = answer();
            if (answer == null || !answer.strip().matches("(?i)y(es)?")) {
                throw new LabException("not confirmed: this " + what + "; add --yes to skip the question");
            }
        }

        private @Nullable String answer() {
            try {
                return in.readLine();
            } catch (IOException e) {
                return null;
            }
        }
    }
}
