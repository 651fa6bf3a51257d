// SPDX-License-Identifier: GPL-2.0-or-later
/** This kernel and this machine, as far as killswitch depends on them: files, configuration, symbols, programs. */
@NullMarked
package org.killswitch.host;

import org.jspecify.annotations.NullMarked;
