// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.doctor;

import static org.killswitch.host.doctor.Finding.note;
import static org.killswitch.host.doctor.Finding.ok;
import static org.killswitch.host.doctor.Finding.unknown;
import static org.killswitch.host.doctor.Finding.warning;

import java.util.List;
import org.killswitch.host.InstalledLibbpf;

/** What guards and engagebpf need. */
final class BpfChecks {
    private static final List<String> FOR_GUARDS = List.of("BPF_SYSCALL", "BPF_EVENTS");
    private static final List<String> FOR_ENGAGEBPF =
            List.of("BPF_SYSCALL", "BPF_EVENTS", "FUNCTION_ERROR_INJECTION", "BPF_KPROBE_OVERRIDE");

    private BpfChecks() {}

    static Finding btf(HostFacts host) {
        return host.files().exists("/sys/kernel/btf/vmlinux")
                ? ok("btf", "/sys/kernel/btf/vmlinux")
                : warning("btf", "the kernel has no type information", "boot a kernel with CONFIG_DEBUG_INFO_BTF");
    }

    static Finding bpffs(HostFacts host) {
        return host.files().isMounted("bpf", "/sys/fs/bpf")
                ? ok("bpffs", "mounted on /sys/fs/bpf")
                : note("bpffs", "not mounted on /sys/fs/bpf", "mount -t bpf bpf /sys/fs/bpf, to pin guards there");
    }

    static Finding libbpf(HostFacts host) {
        return InstalledLibbpf.find(host.files())
                .map(library -> ok("libbpf", library))
                .orElseGet(() -> note("libbpf", "not installed: no guards can be loaded", "apt install libbpf1"));
    }

    static Finding guards(HostFacts host) {
        return optional(host, "guards", FOR_GUARDS, "boot a kernel with BPF to override by condition");
    }

    static Finding engagebpf(HostFacts host) {
        return optional(host, "engagebpf", FOR_ENGAGEBPF, "use guards instead: they need none of it");
    }

    private static Finding optional(HostFacts host, String id, List<String> options, String instead) {
        return host.config()
                .map(c -> {
                    List<String> lacking = c.lacking(options);
                    return lacking.isEmpty()
                            ? ok(id, "the kernel has what it needs")
                            : note(id, "not possible: " + KernelChecks.options(lacking) + " not set", instead);
                })
                .orElseGet(() -> unknown(id, "the kernel's configuration is unknown", "see config"));
    }
}
