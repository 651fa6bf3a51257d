// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.doctor;

import static org.killswitch.host.doctor.Finding.note;
import static org.killswitch.host.doctor.Finding.ok;
import static org.killswitch.host.doctor.Finding.unknown;
import static org.killswitch.host.doctor.Finding.warning;

import java.io.IOException;
import java.util.List;
import org.killswitch.host.InstalledLibrary;
import org.killswitch.posix.Ownership;

/** What guards and engagebpf need. */
final class BpfChecks {
    private static final List<String> FOR_GUARDS = List.of("BPF_SYSCALL", "BPF_EVENTS");
    private static final List<String> FOR_ENGAGEBPF =
            List.of("BPF_SYSCALL", "BPF_EVENTS", "FUNCTION_ERROR_INJECTION", "BPF_KPROBE_OVERRIDE");

    private static final String MOUNT = "/sys/fs/bpf";

    /** Where the kernel module looks for it. */
    private static final String LOADER = "/usr/sbin/ks-bpf-load";

    private BpfChecks() {}

    static Finding btf(HostFacts host) {
        return host.files().exists("/sys/kernel/btf/vmlinux")
                ? ok("btf", "/sys/kernel/btf/vmlinux")
                : warning("btf", "the kernel has no type information", "boot a kernel with CONFIG_DEBUG_INFO_BTF");
    }

    static Finding bpffs(HostFacts host) {
        if (!host.files().isMounted("bpf", MOUNT)) {
            return note("bpffs", "not mounted on " + MOUNT, "killswitch mounts it for the first guard; nothing to do");
        }
        try {
            int root = Ownership.of(host.files().path("/")).uid();
            Ownership mount = Ownership.of(host.files().path(MOUNT));
            if (mount.uid() != root || !mount.keepsEntriesOfOwner()) {
                return warning(
                        "bpffs",
                        MOUNT + " belongs to uid " + mount.uid() + " with mode " + mount.permissions()
                                + ": others could replace a guard, so none is pinned",
                        "chown 0 " + MOUNT + " && chmod 0700 " + MOUNT);
            }
        } catch (IOException e) {
            return unknown("bpffs", "whose " + MOUNT + " is cannot be read", HostFacts.AS_ROOT);
        }
        return ok("bpffs", "mounted on " + MOUNT);
    }

    static Finding loader(HostFacts host) {
        return host.files().exists(LOADER)
                ? ok("loader", LOADER)
                : note("loader", "no " + LOADER + ": no program can be attached by engagebpf", "see docs/install.md");
    }

    static Finding cgroup(HostFacts host) {
        return host.files().isMounted("cgroup2", "/sys/fs/cgroup")
                ? ok("cgroup", "version 2 on /sys/fs/cgroup")
                : note(
                        "cgroup",
                        "version 2 is not mounted on /sys/fs/cgroup: guards cannot ask for a control group",
                        "boot with systemd.unified_cgroup_hierarchy=1");
    }

    static Finding libbpf(HostFacts host) {
        return InstalledLibrary.find(host.files(), InstalledLibrary.LIBBPF)
                .map(library -> ok("libbpf", library))
                .orElseGet(() -> note(
                        "libbpf",
                        "not installed: no guards can be loaded",
                        host.distribution().installLibbpf()));
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
