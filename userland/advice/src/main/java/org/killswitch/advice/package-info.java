// SPDX-License-Identifier: GPL-2.0-or-later
/** Which function to engage, and with which value: what the kernel of this host says about it. */
@NullMarked
package org.killswitch.advice;

import org.jspecify.annotations.NullMarked;
