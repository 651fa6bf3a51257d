// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.flow;

import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * What a function's body does.
 *
 * @param exits the ways out
 * @param calls the name of what is called, by the address of the call
 * @param stores where it writes to memory that the caller passed
 * @param notFollowed why something may be missing, in words; empty if all was followed
 */
public record Summary(List<Exit> exits, Map<Long, String> calls, List<Store> stores, SortedSet<String> notFollowed) {

    /**
     * A write to memory.
     *
     * @param place reached through an argument
     */
    public record Store(long site, Term place) {}
}
