// SPDX-License-Identifier: GPL-2.0-or-later
/** {@code killswitch cve}: the catalogue, verdicts, and the data that they are made from. */
@NullMarked
package org.killswitch.cli.cve;

import org.jspecify.annotations.NullMarked;
