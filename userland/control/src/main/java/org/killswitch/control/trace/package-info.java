// SPDX-License-Identifier: GPL-2.0-or-later
/** The calls that overrides catch, as the trace event reports them. */
@NullMarked
package org.killswitch.control.trace;

import org.jspecify.annotations.NullMarked;
