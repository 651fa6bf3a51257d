// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.flow;

/**
 * A way out of a function.
 *
 * @param site the instruction that leaves
 * @param value what is returned
 * @param trail what was taken and given back on the way
 */
public record Exit(long site, Value value, Trail trail) {}
