// SPDX-License-Identifier: GPL-2.0-or-later
/** Commands that change what is engaged. */
@NullMarked
package org.killswitch.cli.engage;

import org.jspecify.annotations.NullMarked;
