// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.io.PrintStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Told what takes a while, when it starts and when the last such thing has ended. */
public interface Progress {
    /** Something long starts; it replaces what was said before. */
    void step(String what);

    /**
     * Asked before a download of more than 100 MB, or a build of more than two minutes.
     *
     * @throws LabException if it is not to be done
     */
    default void confirm(String what) {}

    /** Nothing long is running now. */
    void done();

    /** Says nothing. */
    static Progress none() {
        return new Progress() {
            @Override
            public void step(String what) {}

            @Override
            public void done() {}
        };
    }

    /** How long a step takes at least that is worth a line in a log. */
    Duration LONG = Duration.ofSeconds(10);

    /** Writes a line for each step that takes long: for a log, or a person who reads a pipe. */
    static Progress ofLongSteps(PrintStream log) {
        return ofLongSteps(log, LONG);
    }

    /** The same with another measure of what is long. */
    static Progress ofLongSteps(PrintStream log, Duration least) {
        return new Progress() {
            private @Nullable Thread timer;

            @Override
            public synchronized void step(String what) {
                done();
                timer = Thread.ofPlatform().daemon().start(() -> {
                    try {
                        Thread.sleep(least);
                        log.println("lab: " + what + " ...");
                        log.flush();
                    } catch (InterruptedException e) {
                        return; // it did not take long
                    }
                });
            }

            @Override
            public synchronized void done() {
                if (timer != null) {
                    timer.interrupt();
                    timer = null;
                }
            }
        };
    }

    /** Keeps one line of a terminal up to date. */
    static Progress on(PrintStream terminal) {
        return new Progress() {
            @Override
            public void step(String what) {
                terminal.print("\r\u001b[K" + what + " ...");
                terminal.flush();
            }

            @Override
            public void done() {
                terminal.print("\r\u001b[K");
                terminal.flush();
            }
        };
    }
}
