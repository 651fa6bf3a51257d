// SPDX-License-Identifier: GPL-2.0-or-later
/** Commands about the host's policy. */
@NullMarked
package org.killswitch.cli.policy;

import org.jspecify.annotations.NullMarked;
