// SPDX-License-Identifier: GPL-2.0-or-later
/** Opens the rings of a policy when their gates hold, and takes it back otherwise. All that it knows is in JetStream. */
@NullMarked
package org.killswitch.fleet.controller;

import org.jspecify.annotations.NullMarked;
