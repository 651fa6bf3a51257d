// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Disposable virtual machines that run stock kernels: fetch a kernel without installing it, build modules for it,
 * pack an initramfs, boot it in QEMU and run commands in it.
 */
@NullMarked
package org.killswitch.lab;

import org.jspecify.annotations.NullMarked;
