// SPDX-License-Identifier: GPL-2.0-or-later
/** Checks of a host: whether it has what killswitch needs. */
@NullMarked
package org.killswitch.host.doctor;

import org.jspecify.annotations.NullMarked;
