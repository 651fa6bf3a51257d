// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

/** Whose memory an address is looked up in. */
public enum Space {
    /** The kernel's: the address comes from the kernel itself. */
    KERNEL,
    /** The calling process's: the kernel's is never read, whatever the address. */
    USER,
    /** Told by the address, at the time of the call. */
    EITHER
}
