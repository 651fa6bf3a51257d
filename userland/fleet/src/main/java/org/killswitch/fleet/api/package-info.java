// SPDX-License-Identifier: GPL-2.0-or-later
/** What the hosts, the controller and the operators of a fleet tell each other: the signed policy and the messages. */
@NullMarked
package org.killswitch.fleet.api;

import org.jspecify.annotations.NullMarked;
