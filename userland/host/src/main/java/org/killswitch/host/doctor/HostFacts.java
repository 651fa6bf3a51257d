// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.doctor;

import java.util.Optional;
import org.killswitch.control.Lockdown;
import org.killswitch.host.Distribution;
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
 * @param distribution whose packages it has
 */
public record HostFacts(
        SystemFiles files,
        String architecture,
        String version,
        Programs programs,
        String release,
        Optional<KernelConfig> config,
        Distribution distribution) {

    static final String SECURITYFS = "/sys/kernel/security";
    static final String AS_ROOT = "run this as root";

    /** The host with these files. */
    public static HostFacts of(SystemFiles files, String architecture, String version, Programs programs) {
        String release = files.text("/proc/sys/kernel/osrelease").orElse("");
        return new HostFacts(
                files,
                architecture,
                version,
                programs,
                release,
                KernelConfig.of(files, release),
                Distribution.of(files));
    }

    boolean isLoaded() {
        return files.exists("/sys/module/killswitch");
    }

    /** Where modules.dep says the module is for the running kernel. */
    Optional<String> installed() {
        return installed(release);
    }

    /** The path of a file that modules.dep of the running kernel names. */
    String inModules(String file) {
        return file.startsWith("/") ? file : "/lib/modules/" + release + "/" + file;
    }

    /** Where modules.dep says the module is for a kernel. */
    Optional<String> installed(String kernel) {
        return files.text("/lib/modules/" + kernel + "/modules.dep").stream()
                .flatMap(String::lines)
                .map(l -> l.replaceFirst(":.*", ""))
                .filter(l -> l.matches("(.*/)?killswitch\\.ko(\\.\\w+)?"))
                .findFirst();
    }

    /** Whether the kernel is known to lack an option. */
    boolean lacks(String option) {
        return config.isPresent() && !config.get().has(option);
    }

    Optional<String> lockdownLevel() {
        return Lockdown.level(files.path(SECURITYFS + "/lockdown"));
    }
}
