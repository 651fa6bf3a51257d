// SPDX-License-Identifier: GPL-2.0-or-later
/** {@code killswitch fleet ...}: starts the program that has the fleet's commands. */
@NullMarked
package org.killswitch.cli.fleet;

import org.jspecify.annotations.NullMarked;
