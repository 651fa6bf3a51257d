// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.io.IOException;

/** The kernel's memory, by its own addresses. */
public interface Memory {

    /**
     * Reads from one mapping.
     *
     * @throws IOException also where nothing is mapped at some of these addresses
     */
    byte[] read(long address, int length) throws IOException;
}
