// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Looks all the time at what is engaged on the hosts of a fleet. */
final class Lookout implements AutoCloseable {

    private final Map<String, Set<String>> seen = new ConcurrentSkipListMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    Lookout(SimulatedFleet fleet) {
        thread.execute(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                fleet.engaged()
                        .forEach((host, engaged) -> seen.computeIfAbsent(host, h -> ConcurrentHashMap.newKeySet())
                                .add(String.join(" ", engaged)));
                try {
                    Thread.sleep(3);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
    }

    /** Each state that some hosts have been seen in; empty: nothing was engaged. */
    Set<String> seen(List<String> hosts) {
        Set<String> all = new TreeSet<>();
        hosts.forEach(h -> all.addAll(seen.getOrDefault(h, Set.of())));
        return all;
    }

    @Override
    public void close() {
        thread.shutdownNow();
        thread.close();
    }
}
