// SPDX-License-Identifier: GPL-2.0-or-later
/** {@code killswitch rehearse}. */
@NullMarked
package org.killswitch.cli.rehearse;

import org.jspecify.annotations.NullMarked;
