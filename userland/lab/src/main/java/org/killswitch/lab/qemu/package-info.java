// SPDX-License-Identifier: GPL-2.0-or-later
/** QEMU: its process, the agent in the guest, the console, and disks. */
@NullMarked
package org.killswitch.lab.qemu;

import org.jspecify.annotations.NullMarked;
