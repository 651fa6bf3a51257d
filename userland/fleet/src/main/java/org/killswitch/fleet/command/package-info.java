// SPDX-License-Identifier: GPL-2.0-or-later
/** {@code killswitch fleet ...}: a thin class per command, and the two programs that go on running. */
@NullMarked
package org.killswitch.fleet.command;

import org.jspecify.annotations.NullMarked;
