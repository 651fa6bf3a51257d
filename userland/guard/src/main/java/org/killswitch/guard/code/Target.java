// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard.code;

/** What a program is compiled for. */
public interface Target {

    /** Loads an argument register into r0. */
    void loadArgument(Assembler out, int index);

    /** How many of the highest bits of an address say nothing, so that a process can have anything there. */
    int tagBits();
}
