// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.io.PrintStream;

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
