// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.doctor;

/**
 * What one check found.
 *
 * @param id the check's name, which does not change: docs/doctor.md has them all
 * @param verdict what it means for killswitch
 * @param found what there is, in one line
 * @param fix what to do about it, in one line; empty if nothing has to be done
 */
public record Finding(String id, Verdict verdict, String found, String fix) {

    /** From good to bad. */
    public enum Verdict {
        /** As killswitch needs it. */
        OK,
        /** Worth knowing; killswitch works. */
        NOTE,
        /** It could not be found out, mostly because only root may know. */
        UNKNOWN,
        /** A part of killswitch does not work, or not always. */
        WARNING,
        /** killswitch cannot work here. */
        PROBLEM
    }

    static Finding ok(String id, String found) {
        return new Finding(id, Verdict.OK, found, "");
    }

    static Finding note(String id, String found, String fix) {
        return new Finding(id, Verdict.NOTE, found, fix);
    }

    static Finding unknown(String id, String found, String fix) {
        return new Finding(id, Verdict.UNKNOWN, found, fix);
    }

    static Finding warning(String id, String found, String fix) {
        return new Finding(id, Verdict.WARNING, found, fix);
    }

    static Finding problem(String id, String found, String fix) {
        return new Finding(id, Verdict.PROBLEM, found, fix);
    }
}
