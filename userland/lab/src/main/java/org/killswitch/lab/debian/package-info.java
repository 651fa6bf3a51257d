// SPDX-License-Identifier: GPL-2.0-or-later
/** Debian's archive: kernels and their sources, what builds modules for them, and whole systems. */
@NullMarked
package org.killswitch.lab.debian;

import org.jspecify.annotations.NullMarked;
