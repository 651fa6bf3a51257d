// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.util.List;

/**
 * An instruction.
 *
 * @param text as a disassembler writes it
 * @param operations what it does, in order
 */
public record Instruction(long address, int length, String text, List<Operation> operations) {

    public long next() {
        return address + length;
    }
}
