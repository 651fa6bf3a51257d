// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.util.Optional;

/** Understands machine code. */
public interface Disassembler {

    /**
     * The instruction at an address.
     *
     * @param code what is in memory from there on
     * @return empty if there is none that the disassembler knows
     */
    Optional<Instruction> decode(byte[] code, int offset, long address);
}
