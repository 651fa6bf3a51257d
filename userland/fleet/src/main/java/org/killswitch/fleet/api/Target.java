// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.util.Map;
import java.util.Optional;

/**
 * Hosts that a policy is for: those of which everything holds that is said.
 *
 * @param kernel the release, or the beginning of it up to a dot or a dash: 6.1 stands for 6.1.0-28-amd64, not for 6.12
 */
public record Target(Map<String, String> labels, Optional<String> kernel, Optional<String> distribution) {

    public Target {
        labels = Map.copyOf(labels);
    }

    public boolean includes(Member host) {
        return host.labels().entrySet().containsAll(labels.entrySet())
                && kernel.map(k -> isRelease(host.kernel(), k)).orElse(true)
                && distribution.map(host.distribution()::equals).orElse(true);
    }

    private static boolean isRelease(String release, String wanted) {
        return release.equals(wanted) || release.startsWith(wanted + ".") || release.startsWith(wanted + "-");
    }
}
