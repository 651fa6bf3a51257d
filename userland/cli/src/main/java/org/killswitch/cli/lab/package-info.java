// SPDX-License-Identifier: GPL-2.0-or-later
/** Commands that boot guests. */
@NullMarked
package org.killswitch.cli.lab;

import org.jspecify.annotations.NullMarked;
