// SPDX-License-Identifier: GPL-2.0-or-later
/** From a checked expression to BPF instructions, and back to text. */
@NullMarked
package org.killswitch.guard.code;

import org.jspecify.annotations.NullMarked;
