// SPDX-License-Identifier: GPL-2.0-or-later
/** The entries of the catalogue: one file per CVE that says how to keep everybody out of the flawed code. */
@NullMarked
package org.killswitch.catalogue;

import org.jspecify.annotations.NullMarked;
