// SPDX-License-Identifier: GPL-2.0-or-later
/** Rehearsals: what an engagement changes, seen in a guest that runs a host's own kernel and programs. */
@NullMarked
package org.killswitch.lab.rehearsal;

import org.jspecify.annotations.NullMarked;
