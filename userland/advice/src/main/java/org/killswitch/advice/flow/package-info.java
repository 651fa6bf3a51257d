// SPDX-License-Identifier: GPL-2.0-or-later
/** Follows values through the machine code of a function, from its arguments and calls to what it returns. */
@NullMarked
package org.killswitch.advice.flow;

import org.jspecify.annotations.NullMarked;
