// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.doctor;

import static org.killswitch.host.doctor.Finding.note;
import static org.killswitch.host.doctor.Finding.ok;
import static org.killswitch.host.doctor.Finding.problem;
import static org.killswitch.host.doctor.Finding.unknown;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.posix.Architecture;

/** The kernel itself, and what it was built with. */
final class KernelChecks {

    /** Without these the module does not build, does not load, or cannot override. */
    private static final List<String> REQUIRED =
            List.of("MODULES", "KALLSYMS", "KPROBES", "FUNCTION_TRACER", "DYNAMIC_FTRACE", "SECURITY", "SECURITYFS");

    private KernelChecks() {}

    static Finding kernel(HostFacts host) {
        String found = host.release() + " on " + host.architecture();
        Matcher m = Pattern.compile("^(\\d+)\\.(\\d+)").matcher(host.release());
        if (!m.find()) {
            return unknown("kernel", "the kernel's release cannot be read", "mount /proc");
        }
        int major = Integer.parseInt(m.group(1));
        int minor = Integer.parseInt(m.group(2));
        Optional<Architecture> architecture = Architecture.ofJavaName(host.architecture());
        if (architecture.isEmpty()) {
            return problem("kernel", found, "killswitch is for x86_64, arm64 and riscv64 only");
        }
        int[] oldest = architecture.get() == Architecture.RISCV64 ? new int[] {6, 12} : new int[] {5, 10};
        return Arrays.compare(new int[] {major, minor}, oldest) >= 0
                ? ok("kernel", found)
                : problem(
                        "kernel",
                        found,
                        "killswitch needs a kernel of %d.%d or newer: upgrade the kernel"
                                .formatted(oldest[0], oldest[1]));
    }

    static Finding configuration(HostFacts host) {
        if (host.config().isEmpty()) {
            return unknown(
                    "config",
                    "the kernel's configuration was not found",
                    "look for /boot/config-" + host.release() + " or install linux-headers-" + host.release());
        }
        List<String> lacking = new ArrayList<>(host.config().get().lacking(REQUIRED));
        if (!host.config().get().has("DYNAMIC_FTRACE_WITH_ARGS")
                && !host.config().get().has("DYNAMIC_FTRACE_WITH_REGS")) {
            lacking.add("DYNAMIC_FTRACE_WITH_REGS");
        }
        return lacking.isEmpty()
                ? ok("config", "everything needed is in " + host.config().get().file())
                : problem(
                        "config",
                        "not set in " + host.config().get().file() + ": " + options(lacking),
                        "boot a kernel that has them: Debian's stock kernels do");
    }

    static Finding symbols(HostFacts host) {
        if (host.config().isEmpty()) {
            return unknown("symbols", "the kernel's configuration was not found", "see config");
        }
        return host.lacks("KALLSYMS_ALL")
                ? note(
                        "symbols",
                        "functions only: killswitch check and advise see no pointers to functions in data, and no exports",
                        "rehearse what they suggest; engaging needs functions only")
                : ok("symbols", "/proc/kallsyms lists functions and data");
    }

    static Finding securityfs(HostFacts host) {
        return host.files().isMounted("securityfs", HostFacts.SECURITYFS)
                ? ok("securityfs", "mounted on " + HostFacts.SECURITYFS)
                : problem(
                        "securityfs",
                        "not mounted on " + HostFacts.SECURITYFS,
                        "mount -t securityfs securityfs " + HostFacts.SECURITYFS + " (in a container: use the host)");
    }

    /** As they are called in a configuration, to be named in a finding. */
    static String options(List<String> names) {
        return String.join(", ", names.stream().map(n -> "CONFIG_" + n).toList());
    }
}
