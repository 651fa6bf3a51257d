// SPDX-License-Identifier: GPL-2.0-or-later
/** The command that checks the host. */
@NullMarked
package org.killswitch.cli.doctor;

import org.jspecify.annotations.NullMarked;
