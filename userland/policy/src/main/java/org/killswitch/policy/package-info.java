// SPDX-License-Identifier: GPL-2.0-or-later
/** What a host is to have engaged, as files say it: compared with what is engaged, made so, and brought back at boot. */
@NullMarked
package org.killswitch.policy;

import org.jspecify.annotations.NullMarked;
