// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.doctor;

import static org.killswitch.host.doctor.Finding.ok;
import static org.killswitch.host.doctor.Finding.problem;
import static org.killswitch.host.doctor.Finding.unknown;
import static org.killswitch.host.doctor.Finding.warning;

import java.io.IOException;
import java.util.Set;
import org.killswitch.host.SystemFiles.Content;

/** What keeps the kernel from taking the module, or commands. */
final class SecurityChecks {

    private SecurityChecks() {}

    static Finding lockdown(HostFacts host) {
        if (host.files().read(HostFacts.SECURITYFS + "/lockdown") instanceof Content.Absent) {
            return host.files().isMounted("securityfs", HostFacts.SECURITYFS)
                    ? ok("lockdown", "not active in this kernel")
                    : unknown("lockdown", "securityfs is not mounted", "see securityfs");
        }
        return switch (host.lockdownLevel().orElse("")) {
            case "none" -> ok("lockdown", "none");
            case "integrity" ->
                warning(
                        "lockdown",
                        "integrity: nothing can be engaged at run time; what is engaged stays, and can be disengaged",
                        "engage when the module is loaded: options killswitch engage=... in /etc/modprobe.d");
            case "confidentiality" ->
                problem(
                        "lockdown",
                        "confidentiality: nothing can be engaged, neither at run time nor when the module is loaded",
                        "boot with a lower level (the kernel parameter lockdown=)");
            default -> unknown("lockdown", "the level cannot be read", HostFacts.AS_ROOT);
        };
    }

    static Finding signatures(HostFacts host) {
        boolean forced = host.config().map(c -> c.has("MODULE_SIG_FORCE")).orElse(false)
                || host.files()
                        .text("/sys/module/module/parameters/sig_enforce")
                        .filter("Y"::equals)
                        .isPresent()
                || !Set.of("", "none").contains(host.lockdownLevel().orElse(""));
        if (!forced) {
            return ok("signatures", "modules without a signature can be loaded");
        }
        return host.isLoaded()
                ? ok("signatures", "enforced; the module is loaded")
                : warning(
                        "signatures",
                        "enforced: only modules signed with a key that the kernel knows can be loaded",
                        "enroll a key and sign the module with it: docs/install.md, Secure Boot");
    }

    static Finding secureBoot(HostFacts host) {
        String file = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
        if (!host.files().exists("/sys/firmware/efi")) {
            return ok("secure-boot", "not booted by UEFI");
        }
        try {
            // four bytes of attributes, then the value (UEFI specification, "SecureBoot")
            byte[] variable = host.files().bytes(file);
            if (variable.length < 5) {
                return unknown("secure-boot", "its state is not readable", "mokutil --sb-state");
            }
            if (variable[4] == 0) {
                return ok("secure-boot", "off");
            }
            return host.isLoaded()
                    ? ok("secure-boot", "on; the module is loaded")
                    : warning(
                            "secure-boot",
                            "on: the module has to be signed with an enrolled key",
                            "mokutil --import KEY, reboot, sign: docs/install.md, Secure Boot");
        } catch (IOException e) {
            return unknown("secure-boot", "its state cannot be read", "mokutil --sb-state");
        }
    }
}
