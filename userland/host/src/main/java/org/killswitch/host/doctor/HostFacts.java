// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.doctor;

import java.nio.file.Path;
import java.util.Optional;
import org.killswitch.control.Lockdown;
import org.killswitch.host.KernelConfig;
import org.killswitch.host.Programs;
import org.killswitch.host.SystemFiles;

/**
 * What several checks ask of a host. It reads files and changes nothing.
 *
 * @param files the host's
 * @param architecture what Java calls it: "amd64", "aarch64"
 * @param version that of the command, which the module's should be
 * @param programs those that a shell finds
 * @param release the kernel's; empty if it cannot be read
 * @param config the kernel's, where it is to be found
 */
public record HostFacts(
        SystemFiles files,
        String architecture,
        String version,
        Programs programs,
        String release,
        Optional<KernelConfig> config) {

    static final String SECURITYFS = "/sys/kernel/security";
    static final String AS_ROOT = "run this as root";

    /** The host below a root folder. */
    public static HostFacts of(Path root, String architecture, String version, Programs programs) {
        SystemFiles files = new SystemFiles(root);
        String release = files.text("/proc/sys/kernel/osrelease").orElse("");
        return new HostFacts(files, architecture, version, programs, release, KernelConfig.of(files, release));
    }

    boolean isLoaded() {
        return files.exists("/sys/module/killswitch");
    }

    /** Where modules.dep says the module is for the running kernel. */
    Optional<String> installed() {
        return files.text("/lib/modules/" + release + "/modules.dep").stream()
                .flatMap(String::lines)
                .map(l -> l.replaceFirst(":.*", ""))
                .filter(l -> l.matches("(.*/)?killswitch\\.ko(\\.\\w+)?"))
                .findFirst();
    }

    Optional<String> lockdownLevel() {
        return Lockdown.level(files.path(SECURITYFS + "/lockdown"));
    }
}
