// SPDX-License-Identifier: GPL-2.0-or-later
/** Commands that show what is engaged, and who calls it. */
@NullMarked
package org.killswitch.cli.status;

import org.jspecify.annotations.NullMarked;
