// SPDX-License-Identifier: GPL-2.0-or-later
/** What the module says in the kernel log: by whom and when something was engaged, and why a command was refused. */
@NullMarked
package org.killswitch.control.log;

import org.jspecify.annotations.NullMarked;
