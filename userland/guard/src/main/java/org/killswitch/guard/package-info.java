// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The language of --when: an expression about a call, checked against the types of the kernel, as a program that the
 * kernel asks at each call.
 */
@NullMarked
package org.killswitch.guard;

import org.jspecify.annotations.NullMarked;
