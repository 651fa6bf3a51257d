// SPDX-License-Identifier: GPL-2.0-or-later
/** Versions of kernels, and what lies between them: upstream's and Debian's. */
@NullMarked
package org.killswitch.catalogue.version;

import org.jspecify.annotations.NullMarked;
