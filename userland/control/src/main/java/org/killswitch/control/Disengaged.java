// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import java.util.OptionalLong;

/**
 * An engagement that has been removed.
 *
 * @param symbol the name under which it was engaged
 * @param hits all the calls that it caught; empty where neither the kernel log nor the list could tell
 * @param wasPending whether it was still waiting for its module
 */
public record Disengaged(SymbolName symbol, OptionalLong hits, boolean wasPending) {}
