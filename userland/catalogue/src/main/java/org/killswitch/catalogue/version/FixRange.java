// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.version;

import java.util.Optional;

/**
 * A release that brought a flaw, and the release of one branch that fixed it.
 *
 * @param introduced empty where it is not known
 * @param fixed empty where nothing fixed it in that branch
 * @param fix the beginning of the fixing commit's hash; empty where it is not known
 */
public record FixRange(Optional<UpstreamVersion> introduced, Optional<UpstreamVersion> fixed, String fix) {}
