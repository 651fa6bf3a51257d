// SPDX-License-Identifier: GPL-2.0-or-later
/** Which function to engage, and with which value. */
@NullMarked
package org.killswitch.cli.advice;

import org.jspecify.annotations.NullMarked;
