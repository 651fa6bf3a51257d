// SPDX-License-Identifier: GPL-2.0-or-later
/** What monitoring reads. */
@NullMarked
package org.killswitch.cli.metrics;

import org.jspecify.annotations.NullMarked;
