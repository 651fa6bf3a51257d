// SPDX-License-Identifier: GPL-2.0-or-later
/** What every part of the userland needs of the C library and of the processor: errors, files, C calls, architectures. */
@NullMarked
package org.killswitch.posix;

import org.jspecify.annotations.NullMarked;
