// SPDX-License-Identifier: GPL-2.0-or-later
/** What a guest starts with: its initial file system, and what is put into that. */
@NullMarked
package org.killswitch.lab.image;

import org.jspecify.annotations.NullMarked;
