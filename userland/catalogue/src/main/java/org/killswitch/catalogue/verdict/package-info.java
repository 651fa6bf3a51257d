// SPDX-License-Identifier: GPL-2.0-or-later
/** Whether the running kernel has a flaw, and how that is known. */
@NullMarked
package org.killswitch.catalogue.verdict;

import org.jspecify.annotations.NullMarked;
