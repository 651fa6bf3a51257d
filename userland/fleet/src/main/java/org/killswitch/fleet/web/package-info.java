// SPDX-License-Identifier: GPL-2.0-or-later
/** The controller's page and metrics, which are read-only. */
@NullMarked
package org.killswitch.fleet.web;

import org.jspecify.annotations.NullMarked;
