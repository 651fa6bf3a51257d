// SPDX-License-Identifier: GPL-2.0-or-later
/** What the build makes from the annotations of the command: man pages and shell completion. Not installed itself. */
@NullMarked
package org.killswitch.manual;

import org.jspecify.annotations.NullMarked;
