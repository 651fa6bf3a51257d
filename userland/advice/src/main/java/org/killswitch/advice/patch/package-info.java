// SPDX-License-Identifier: GPL-2.0-or-later
/** Which functions a patch changes. */
@NullMarked
package org.killswitch.advice.patch;

import org.jspecify.annotations.NullMarked;
