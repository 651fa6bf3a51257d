// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.util.List;

/** A guest that is not to be trusted any more, whatever the commands in it said. */
public final class GuestFailure extends LabException {
    private static final long serialVersionUID = 1L;

    /** What went wrong in the guest. */
    public enum Kind {
        /** It ended, or never answered, before it reached its init. */
        NO_BOOT("did not boot"),
        PANIC("panicked"),
        OOPS("oopsed"),
        WARNING("warned"),
        STALL("stalled"),
        /** A command, or the guest, took longer than its time limit. */
        HANG("hung"),
        /** The virtual machine ended by itself. */
        GONE("went away");

        private final String verb;

        Kind(String verb) {
            this.verb = verb;
        }
    }

    private final Kind kind;
    private final transient List<String> console;

    /**
     * A failure.
     *
     * @param detail what was seen
     * @param console the last lines of the console, oldest first
     */
    public GuestFailure(Kind kind, String detail, List<String> console) {
        super("the guest " + kind.verb + ": " + detail);
        this.kind = kind;
        this.console = List.copyOf(console);
    }

    public Kind kind() {
        return kind;
    }

    /** The last lines of the guest's console, oldest first. */
    public List<String> console() {
        return console;
    }
}
