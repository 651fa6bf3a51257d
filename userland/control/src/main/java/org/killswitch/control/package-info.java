// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The kernel module's interface as Java types: what is engaged, since when and by whom, and the commands that change it.
 */
@NullMarked
package org.killswitch.control;

import org.jspecify.annotations.NullMarked;
