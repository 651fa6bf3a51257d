// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.doctor;

import static org.killswitch.host.doctor.Finding.note;
import static org.killswitch.host.doctor.Finding.ok;
import static org.killswitch.host.doctor.Finding.unknown;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is recorded of whom, and what this user may do. */
final class AccountChecks {

    /** Bit 21 of a capability set: CAP_SYS_ADMIN, of linux/capability.h. */
    private static final int CAP_SYS_ADMIN = 21;

    /** The letters of /proc/sys/kernel/tainted from bit 0 on: the kernel's admin-guide/tainted-kernels. */
    private static final String TAINTS = "PFSRMBUDAWCIOELKXTNJ";

    private AccountChecks() {}

    static Finding audit(HostFacts host) {
        boolean off = host.files().text("/proc/cmdline").orElse("").matches("(?s)(.* )?audit=(0|off)( .*)?");
        if (!host.files().exists("/proc/self/loginuid")) {
            return note("audit", "not in this kernel: changes are in the kernel log only", "");
        }
        return off
                ? note("audit", "switched off by audit=0: changes are in the kernel log only", "boot without audit=0")
                : ok("audit", "in this kernel: login uids are known, and changes are recorded where auditing is on");
    }

    static Finding log(HostFacts host) {
        boolean restricted = host.files()
                .text("/proc/sys/kernel/dmesg_restrict")
                .filter("0"::equals)
                .isEmpty();
        if (restricted && !isCapable(host)) {
            return note(
                    "log", "the kernel log is for root: who engaged what, and when, is not shown", HostFacts.AS_ROOT);
        }
        return ok("log", "the kernel log can be read");
    }

    private static boolean isCapable(HostFacts host) {
        Matcher m = Pattern.compile("(?m)^CapEff:\\s*([0-9a-f]{1,16})$")
                .matcher(host.files().text("/proc/self/status").orElse(""));
        return m.find() && (Long.parseUnsignedLong(m.group(1), 16) >> CAP_SYS_ADMIN & 1) == 1;
    }

    static Finding taint(HostFacts host) {
        Optional<String> text = host.files().text("/proc/sys/kernel/tainted").filter(t -> t.matches("\\d{1,18}"));
        if (text.isEmpty()) {
            return unknown("taint", "cannot be read", "mount /proc");
        }
        long bits = Long.parseLong(text.get());
        if (bits == 0) {
            return ok("taint", "not tainted");
        }
        StringBuilder letters = new StringBuilder();
        for (int bit = 0; bit < TAINTS.length(); bit++) {
            if ((bits >> bit & 1) == 1) {
                letters.append(TAINTS.charAt(bit));
            }
        }
        String ours = (bits >> TAINTS.indexOf('O') & 1) == 1 ? " (O: a module from outside the kernel's tree)" : "";
        return note("taint", bits + " = " + letters + ours, "");
    }

    static Finding privilege(HostFacts host) {
        boolean initialNamespace = host.files()
                .text("/proc/self/uid_map")
                .map(t -> t.matches("0\\s+0\\s+4294967295"))
                .orElse(true);
        if (isCapable(host) && initialNamespace) {
            return ok("privilege", "CAP_SYS_ADMIN");
        }
        return note(
                "privilege",
                initialNamespace ? "not root" : "in a user namespace, so not root to the kernel",
                "engage as root of the host");
    }
}
