// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import static org.killswitch.catalogue.verdict.Status.AFFECTED;
import static org.killswitch.catalogue.verdict.Status.MITIGATED;
import static org.killswitch.catalogue.verdict.Status.NOT_PRESENT;
import static org.killswitch.catalogue.verdict.Status.UNKNOWN;

import org.killswitch.catalogue.HostFiles;

/** Rows about where the code is, and what keeps everybody away from it. */
final class CodeSituations {

    private CodeSituations() {}

    static void addTo(Situations table) {
        places(table);
        measures(table);
    }

    private static void places(Situations table) {
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "the module is absent",
                NOT_PRESENT,
                "no module algif_aead",
                h -> Situations.open(h).modules("", "kernel/fs/x.ko\n"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "the option is off",
                NOT_PRESENT,
                "CONFIG_CRYPTO_USER_API_AEAD is not set",
                h -> Situations.open(h).config("CONFIG_X=y\n# CONFIG_CRYPTO_USER_API_AEAD is not set\n"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "/lib/modules cannot be read",
                UNKNOWN,
                "cannot be told whether crypto/algif_aead.c",
                h -> h.debian("bookworm", "6.1.0-40-amd64", "6.1.164-1"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "/lib/modules cannot be read, but the symbol is there",
                AFFECTED,
                "6.1.164 has it",
                h -> h.debian("bookworm", "6.1.0-40-amd64", "6.1.164-1")
                        .file("/proc/kallsyms", "0000000000000000 t alg_bind\t[af_alg]\n"));
        table.add(
                Situations.Flaw.OTHER_ARCHITECTURE,
                "code of another architecture",
                NOT_PRESENT,
                "is of another architecture",
                Situations::open);
        table.add(
                Situations.Flaw.CORE,
                "code of the kernel itself",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h).config("CONFIG_NET=y\n"));
        table.add(
                Situations.Flaw.XHCI,
                "one of several modules, it cannot be told which",
                UNKNOWN,
                "if so, in one of: ehci_hcd, xhci_hcd, xhci_plat_hcd",
                Situations::open);
        table.add(
                Situations.Flaw.TWO_OF_XHCI,
                "two files, and for neither it can be told",
                UNKNOWN,
                "xhci-ring.c, drivers/usb/host/ehci-q.c is in this kernel; if so, in one of: ehci_hcd",
                Situations::open);
        table.add(
                Situations.Flaw.UNIX,
                "a folder's only module has nothing of it: blocking it does not help",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h)
                        .config("CONFIG_UNIX=y\n")
                        .file("/etc/modprobe.d/a.conf", "install unix_diag /bin/false\n"));
        table.add(
                Situations.Flaw.UNIX,
                "a folder's only module has nothing of it, and there is no configuration",
                UNKNOWN,
                "cannot be told whether net/unix/garbage.c is in this kernel; if so, in one of: unix_diag",
                Situations::open);
    }

    private static void measures(Situations table) {
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "engaged",
                MITIGATED,
                "engaged: af_alg:alg_bind returns -1",
                h -> Situations.open(h).engaged("af_alg:alg_bind", -1, "engaged"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "engaged without the module's name, with another error",
                MITIGATED,
                "alg_bind returns -13",
                h -> Situations.open(h).engaged("alg_bind", -13, "engaged"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "engaged for a time",
                MITIGATED,
                "engaged: alg_bind",
                h -> Situations.open(h).engaged("alg_bind", -1, "expiring"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "waiting for its module",
                MITIGATED,
                "as soon as its module is loaded",
                h -> Situations.open(h)
                        .file("/sys/kernel/security/killswitch/engaged", "")
                        .file("/sys/kernel/security/killswitch/pending", "af_alg:alg_bind retval=-1 module=af_alg\n"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "waiting for a module that is built in",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h)
                        .modules("kernel/crypto/algif_aead.ko:\n", "kernel/crypto/af_alg.ko\n")
                        .file("/sys/kernel/security/killswitch/engaged", "")
                        .file("/sys/kernel/security/killswitch/pending", "af_alg:alg_bind retval=-1 module=af_alg\n"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "only probed",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h).engaged("alg_bind", -1, "probing"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "engaged with success",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h).engaged("alg_bind", 0, "engaged"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "engaged with a guard that the entry does not have",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h)
                        .engaged("alg_bind", -1, "engaged")
                        .file("/sys/kernel/security/killswitch/fn/alg_bind/passed", "3\n"));
        table.add(
                Situations.Flaw.GUARDED,
                "engaged with the entry's guard",
                MITIGATED,
                "engaged: alg_bind returns -1",
                h -> guarded(h).file("/run/killswitch/guards/alg_bind", "uid != 0\n"));
        table.add(
                Situations.Flaw.GUARDED,
                "engaged with another guard than the entry's",
                AFFECTED,
                "6.1.164 has it",
                h -> guarded(h).file("/run/killswitch/guards/alg_bind", "pid == 1\n"));
        table.add(
                Situations.Flaw.GUARDED,
                "engaged with a guard that lets calls through which it cannot read",
                AFFECTED,
                "6.1.164 has it",
                h -> guarded(h).file("/run/killswitch/guards/alg_bind", "# unread: pass\nuid != 0\n"));
        table.add(
                Situations.Flaw.GUARDED,
                "engaged with a guard whose text nobody has",
                AFFECTED,
                "6.1.164 has it",
                CodeSituations::guarded);
        table.add(
                Situations.Flaw.GUARDED,
                "engaged for all calls, where the entry has a guard",
                MITIGATED,
                "engaged: alg_bind returns -1",
                h -> Situations.open(h).engaged("alg_bind", -1, "engaged"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "another function is engaged",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h).engaged("other", -1, "engaged"));
        table.add(
                Situations.Flaw.RXRPC,
                "one of two functions is engaged",
                AFFECTED,
                "branch 5.10 has no fix",
                h -> Situations.bullseye(h, "5.10.262-1").engaged("rxrpc_a", -1, "engaged"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "livepatched",
                MITIGATED,
                "livepatch fix replaces _aead_recvmsg()",
                h -> Situations.open(h).livepatch("fix", "1", "0", "_aead_recvmsg"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "a livepatch that is not through",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h).livepatch("fix", "1", "1", "_aead_recvmsg"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "a livepatch of something else",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h).livepatch("fix", "1", "0", "other"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "module blocked",
                MITIGATED,
                "algif_aead cannot be loaded: 'install algif-aead /bin/false' in /etc/modprobe.d/a.conf",
                h -> Situations.open(h).file("/etc/modprobe.d/a.conf", "install algif-aead /bin/false\n"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "module that it needs blocked",
                MITIGATED,
                "it needs af_alg",
                h -> Situations.open(h).file("/usr/lib/modprobe.d/a.conf", "install af_alg /usr/bin/true\n"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "module blocked on the command line",
                MITIGATED,
                "module_blacklist=x,algif_aead on the kernel's",
                h -> Situations.open(h).file("/proc/cmdline", "quiet module_blacklist=x,algif_aead\n"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "module blocked in a comment",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h).file("/etc/modprobe.d/a.conf", "# install algif_aead /bin/false\n"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "module only blacklisted",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h).file("/etc/modprobe.d/a.conf", "blacklist algif_aead\n"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "module blocked too late",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h)
                        .file("/etc/modprobe.d/a.conf", "install algif_aead /bin/false\n")
                        .file("/proc/modules", "algif_aead 16384 0 - Live 0x0\n"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "module blocked, but built in",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h)
                        .modules("", "kernel/crypto/algif_aead.ko\n")
                        .file("/etc/modprobe.d/a.conf", "install algif_aead /bin/false\n"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "a block that another file of the name hides",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h)
                        .file("/lib/modprobe.d/a.conf", "install algif_aead /bin/false\n")
                        .file("/etc/modprobe.d/a.conf", ""));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "an install rule that loads it",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h)
                        .file(
                                "/etc/modprobe.d/a.conf",
                                "install algif_aead /sbin/modprobe --ignore-install algif_aead\n"));
        table.add(
                Situations.Flaw.ESP,
                "one of two modules blocked",
                AFFECTED,
                "fixed in 6.1.172",
                h -> Situations.open(h).file("/etc/modprobe.d/a.conf", "install esp4 /bin/false\n"));
        table.add(
                Situations.Flaw.ESP,
                "both modules blocked",
                MITIGATED,
                "esp6 cannot be loaded",
                h -> Situations.open(h)
                        .file(
                                "/etc/modprobe.d/a.conf",
                                "install esp4 /bin/false\ninstall \\\n esp6 /bin/false # IPsec\n"));
        table.add(
                Situations.Flaw.XHCI_AND_ESP4,
                "the module of one file blocked, and it cannot be told where the other is",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h).file("/etc/modprobe.d/a.conf", "install esp4 /bin/false\n"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "the setting of another measure",
                MITIGATED,
                "sysctl crypto.af_alg_restrict=1",
                h -> Situations.open(h).file("/proc/sys/crypto/af_alg_restrict", "1\n"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "another value of that setting",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h).file("/proc/sys/crypto/af_alg_restrict", "0\n"));
        table.add(
                Situations.Flaw.RXRPC,
                "no user namespaces for users",
                MITIGATED,
                "kernel.unprivileged_userns_clone=0",
                h -> Situations.bullseye(h, "5.10.262-1").file("/proc/sys/kernel/unprivileged_userns_clone", "0\n"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "user namespaces are of no use against any user",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h).file("/proc/sys/user/max_user_namespaces", "0\n"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "Red Hat, engaged",
                MITIGATED,
                "engaged: alg_bind",
                h -> h.runs("5.14.0-503.11.1.el9_5.x86_64", "#1 SMP")
                        .modules("", "kernel/crypto/algif_aead.ko\n")
                        .engaged("alg_bind", -1, "engaged"));
        table.add(
                Situations.Flaw.ESP,
                "engaged because of it, without an entry",
                MITIGATED,
                "esp_input returns -22 (EINVAL), engaged because of CVE-2026-43284",
                h -> Situations.open(h).engaged("esp_input", -22, "engaged"));
        table.add(
                Situations.Flaw.ESP,
                "only observed because of it",
                AFFECTED,
                "fixed in 6.1.172",
                h -> Situations.open(h).engaged("esp_input", 0, "observing"));
        table.add(
                Situations.Flaw.CORE,
                "engaged because of another one",
                AFFECTED,
                "6.1.164 has it",
                h -> Situations.open(h).config("CONFIG_NET=y\n").engaged("esp_input", -22, "engaged"));
    }

    private static HostFiles guarded(HostFiles h) {
        return Situations.open(h)
                .engaged("alg_bind", -1, "engaged")
                .file("/sys/kernel/security/killswitch/fn/alg_bind/passed", "3\n");
    }
}
