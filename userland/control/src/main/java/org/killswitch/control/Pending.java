// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import java.util.Optional;
import org.killswitch.control.log.Origin;

/**
 * An engagement whose module is not loaded: it overrides from the moment that the module is there.
 *
 * @param symbol the name under which it was engaged
 * @param retval the value that the function will return; empty if its calls will only be observed
 * @param module the module that is waited for; empty for every one that has a function of the name
 * @param origin empty where the kernel log is not readable or no longer reaches back that far
 */
public record Pending(SymbolName symbol, Optional<Retval> retval, Optional<String> module, Optional<Origin> origin) {}
