// SPDX-License-Identifier: GPL-2.0-or-later
/** Commands for what engagebpf has attached. */
@NullMarked
package org.killswitch.cli.bpf;

import org.jspecify.annotations.NullMarked;
