// SPDX-License-Identifier: GPL-2.0-or-later
/** The {@code killswitch} command: a class per subcommand, which calls a service and shows what it says. */
@NullMarked
package org.killswitch.cli;

import org.jspecify.annotations.NullMarked;
