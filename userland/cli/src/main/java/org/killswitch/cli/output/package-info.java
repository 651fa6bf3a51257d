// SPDX-License-Identifier: GPL-2.0-or-later
/** What commands print: tables, JSON and sentences. */
@NullMarked
package org.killswitch.cli.output;

import org.jspecify.annotations.NullMarked;
