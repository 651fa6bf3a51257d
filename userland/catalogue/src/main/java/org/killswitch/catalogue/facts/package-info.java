// SPDX-License-Identifier: GPL-2.0-or-later
/** What a host says about the kernel that runs on it. */
@NullMarked
package org.killswitch.catalogue.facts;

import org.jspecify.annotations.NullMarked;
