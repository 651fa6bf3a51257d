// SPDX-License-Identifier: GPL-2.0-or-later
/** What others publish about kernel CVEs: importers, and the compact files that they write. */
@NullMarked
package org.killswitch.catalogue.data;

import org.jspecify.annotations.NullMarked;
