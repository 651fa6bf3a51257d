// SPDX-License-Identifier: GPL-2.0-or-later
/** The types of the kernel and of its modules. */
@NullMarked
package org.killswitch.host.btf;

import org.jspecify.annotations.NullMarked;
