// SPDX-License-Identifier: GPL-2.0-or-later
/** What runs on each host: takes the signed policy, applies it on trial, keeps it when the ring was found well. */
@NullMarked
package org.killswitch.fleet.agent;

import org.jspecify.annotations.NullMarked;
