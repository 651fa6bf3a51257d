// SPDX-License-Identifier: GPL-2.0-or-later
/** What users of a machine observe, on stock kernels booted in the lab. */
@NullMarked
package org.killswitch.systemtest;

import org.jspecify.annotations.NullMarked;
