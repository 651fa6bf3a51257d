// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import static org.killswitch.catalogue.verdict.Status.AFFECTED;
import static org.killswitch.catalogue.verdict.Status.FIXED;
import static org.killswitch.catalogue.verdict.Status.MITIGATED;
import static org.killswitch.catalogue.verdict.Status.NOT_PRESENT;
import static org.killswitch.catalogue.verdict.Status.UNKNOWN;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.killswitch.catalogue.HostFiles;

/** Hosts, what is known about a flaw, and what the verdict is. */
final class Situations {

    /** Which flaw is asked about. */
    enum Flaw {
        /** Copy Fail, with its entry: algif_aead, any user, fixed in 5.10.254, 6.1.170, 6.12.85 and so on. */
        ALGIF_AEAD,
        /** ESP, without an entry: two fixes in 5.15 and in 6.1. */
        ESP,
        /** rxrpc, with an entry: user namespaces needed here; nothing is fixed in 5.10. */
        RXRPC,
        /** A flaw that a backport brought to 5.10.224, without an entry. */
        BROUGHT_BY_BACKPORT,
        /** A flaw in arch/s390. */
        OTHER_ARCHITECTURE,
        /** A flaw in net/core. */
        CORE,
        /** A flaw in drivers/usb/host/xhci-ring.c, whose module is called otherwise. */
        XHCI,
        /** A flaw in two such files. */
        TWO_OF_XHCI,
        /** An entry without affected releases' data that fits, of a flaw of which only the tracker knows. */
        ONLY_IN_TRACKER
    }

    /** A row of the table. */
    record Situation(
            String name, Flaw flaw, UnaryOperator<HostFiles> host, boolean hasTracker, Status status, String evidence) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final String ON_DISK = """
            kernel/crypto/af_alg.ko.xz:
            kernel/crypto/algif_aead.ko.xz: kernel/crypto/af_alg.ko.xz
            kernel/net/ipv4/esp4.ko.xz:
            kernel/net/ipv6/esp6.ko.xz:
            kernel/net/rxrpc/rxrpc.ko.xz:
            kernel/drivers/usb/host/xhci-hcd.ko:
            kernel/drivers/usb/host/xhci-plat-hcd.ko:
            kernel/drivers/usb/host/ehci-hcd.ko:
            """;

    private static final String ALIASES = "alias net-pf-38 af_alg\nalias net-pf-33 rxrpc\nalias xfrm-type-2-50 esp4\n";

    private static final List<Situation> ALL = new ArrayList<>();

    private Situations() {}

    private static void add(Flaw flaw, String name, Status status, String evidence, UnaryOperator<HostFiles> host) {
        ALL.add(new Situation(name, flaw, host, false, status, evidence));
    }

    private static void tracked(Flaw flaw, String name, Status status, String evidence, UnaryOperator<HostFiles> host) {
        ALL.add(new Situation(name + ", with the tracker", flaw, host, true, status, evidence));
    }

    private static HostFiles bookworm(HostFiles h, String version) {
        return h.debian("bookworm", "6.1.0-40-amd64", version)
                .modules(ON_DISK, "")
                .aliases(ALIASES);
    }

    private static HostFiles bullseye(HostFiles h, String version) {
        return h.debian("bullseye", "5.10.0-32-amd64", version)
                .modules(ON_DISK, "")
                .aliases(ALIASES);
    }

    private static HostFiles open(HostFiles h) {
        return bookworm(h, "6.1.164-1");
    }

    static List<Situation> all() {
        if (ALL.isEmpty()) {
            versions();
            distributions();
            places();
            measures();
        }
        return ALL;
    }

    private static void versions() {
        add(
                Flaw.ALGIF_AEAD,
                "bullseye before the fix",
                AFFECTED,
                "5.10.223 has it, since 4.14; fixed in 5.10.254",
                h -> bullseye(h, "5.10.223-1"));
        add(
                Flaw.ALGIF_AEAD,
                "bullseye with the fix",
                FIXED,
                "5.10.254 has the fix of 5.10.254",
                h -> bullseye(h, "5.10.254-1"));
        add(
                Flaw.ALGIF_AEAD,
                "older than the flaw",
                NOT_PRESENT,
                "4.9.320 never had it",
                h -> h.debian("stretch", "4.9.0-19-amd64", "4.9.320-2"));
        add(Flaw.ESP, "first of two fixes of a branch", AFFECTED, "fixed in 6.1.172", h -> bookworm(h, "6.1.171-1"));
        add(
                Flaw.ESP,
                "last of two fixes of a branch",
                FIXED,
                "has the fix of 6.1.172 (8253aab4659c)",
                h -> bookworm(h, "6.1.172-1"));
        add(Flaw.RXRPC, "a branch without a fix", AFFECTED, "branch 5.10 has no fix", h -> bullseye(h, "5.10.262-1"));
        add(
                Flaw.BROUGHT_BY_BACKPORT,
                "before the backport that brought it",
                NOT_PRESENT,
                "5.10.223 never had it",
                h -> bullseye(h, "5.10.223-1"));
        add(
                Flaw.BROUGHT_BY_BACKPORT,
                "after the backport that brought it",
                AFFECTED,
                "since 5.10.224; fixed in 5.10.226",
                h -> bullseye(h, "5.10.225-1"));
        add(
                Flaw.ALGIF_AEAD,
                "a release candidate of the release with the fix",
                UNKNOWN,
                "it changed between the candidates of 7.0",
                h -> h.debian("forky", "7.0-rc3-amd64", "7.0~rc3-1~exp1").modules(ON_DISK, ""));
        add(
                Flaw.ALGIF_AEAD,
                "an abi name that looks old with a new package",
                FIXED,
                "6.1.170 has the fix",
                h -> bookworm(h, "6.1.170-3"));
        add(
                Flaw.ALGIF_AEAD,
                "kernel.org's own",
                AFFECTED,
                "6.12.84 has it",
                h -> h.runs("6.12.84", "#1 SMP Mon Aug 3").modules(ON_DISK, ""));
        add(Flaw.ALGIF_AEAD, "no files at all", UNKNOWN, "of unknown making has fixes of its own", h -> h);
    }

    private static void distributions() {
        tracked(
                Flaw.ALGIF_AEAD,
                "bookworm, fix that Debian took before upstream's release",
                FIXED,
                "linux in bookworm: fixed in 6.1.164-2",
                h -> bookworm(h, "6.1.164-2"));
        tracked(
                Flaw.ALGIF_AEAD,
                "bookworm, older than Debian's fix",
                AFFECTED,
                "6.1.164-1 is older",
                h -> bookworm(h, "6.1.164-1"));
        tracked(
                Flaw.ALGIF_AEAD,
                "a backport is judged by the next suite",
                FIXED,
                "linux in trixie: fixed in 6.12.74-2",
                h -> h.debian("bookworm", "6.12.74+deb12-amd64", "6.12.74-2~bpo12+1")
                        .modules(ON_DISK, ""));
        tracked(
                Flaw.ALGIF_AEAD,
                "an older backport is not",
                AFFECTED,
                "linux in trixie: fixed in 6.12.74-2, and 6.12.74-1 is older",
                h -> h.debian("bookworm", "6.12.74+deb12-amd64", "6.12.74-1~bpo12+1")
                        .modules(ON_DISK, ""));
        tracked(
                Flaw.ALGIF_AEAD,
                "trixie's kernel on a bookworm host",
                FIXED,
                "linux in trixie: fixed in 6.12.74-2",
                h -> h.debian("bookworm", "6.12.74+deb13-amd64", "6.12.74-2").modules(ON_DISK, ""));
        tracked(
                Flaw.ALGIF_AEAD,
                "the LTS's newer kernel",
                AFFECTED,
                "linux-6.1 in bullseye: open",
                h -> h.runs("6.1.0-0.deb11.40-amd64", "#1 SMP Debian 6.1.164-1~deb11u1 (2026-03-08)")
                        .file("/etc/os-release", "VERSION_CODENAME=bullseye\n")
                        .installed(
                                "linux-image-6.1.0-0.deb11.40-amd64",
                                "6.1.164-1~deb11u1",
                                "linux-signed-6.1-amd64 (6.1.164+1~deb11u1)")
                        .modules(ON_DISK, ""));
        tracked(
                Flaw.ESP,
                "not affected by the tracker",
                NOT_PRESENT,
                "linux in bookworm: not affected",
                h -> bookworm(h, "6.1.164-1"));
        tracked(
                Flaw.RXRPC,
                "open, though upstream's number says fixed",
                AFFECTED,
                "linux in bookworm: open",
                h -> bookworm(h, "6.1.199-1"));
        tracked(
                Flaw.RXRPC,
                "no entry for the suite: upstream's releases decide",
                AFFECTED,
                "branch 5.10 has no fix",
                h -> bullseye(h, "5.10.262-1"));
        tracked(
                Flaw.BROUGHT_BY_BACKPORT,
                "fixed later, but younger than the package",
                NOT_PRESENT,
                "5.10.223 never had it",
                h -> bullseye(h, "5.10.223-1"));
        tracked(
                Flaw.ONLY_IN_TRACKER,
                "undetermined, and nobody else knows",
                UNKNOWN,
                "no data says which releases have it",
                h -> bookworm(h, "6.1.164-1"));
        add(
                Flaw.ALGIF_AEAD,
                "Raspberry Pi OS has an epoch, and upstream's release",
                AFFECTED,
                "6.12.84 has it",
                h -> h.runs("6.12.84+rpt-rpi-v8", "#1 SMP PREEMPT Debian 1:6.12.84-1+rpt1 (2026-06-01)")
                        .modules(ON_DISK, ""));
        tracked(
                Flaw.ALGIF_AEAD,
                "Raspberry Pi OS is not judged by Debian's data",
                AFFECTED,
                "6.12.84 has it",
                h -> h.runs("6.12.84+rpt-rpi-v8", "#1 SMP PREEMPT Debian 1:6.12.84-1+rpt1 (2026-06-01)")
                        .file("/etc/os-release", "ID=debian\nVERSION_CODENAME=trixie\n")
                        .modules(ON_DISK, ""));
        add(
                Flaw.ALGIF_AEAD,
                "Fedora",
                FIXED,
                "6.12.85 has the fix",
                h -> h.runs("6.12.85-200.fc41.x86_64", "#1 SMP PREEMPT_DYNAMIC"));
        add(
                Flaw.ALGIF_AEAD,
                "Arch Linux",
                AFFECTED,
                "fixed in 6.19.12",
                h -> h.runs("6.19.11-arch1-1", "#1 SMP PREEMPT_DYNAMIC").modules(ON_DISK, ""));
        add(
                Flaw.ALGIF_AEAD,
                "Amazon Linux 2023",
                AFFECTED,
                "fixed in 6.1.170",
                h -> h.runs("6.1.119-129.201.amzn2023.x86_64", "#1 SMP").modules(ON_DISK, ""));
        add(
                Flaw.ALGIF_AEAD,
                "Amazon Linux 2's frozen 5.10",
                UNKNOWN,
                "Amazon Linux has fixes of its own",
                h -> h.runs("5.10.230-223.885.amzn2.x86_64", "#1 SMP").modules(ON_DISK, ""));
        add(
                Flaw.ALGIF_AEAD,
                "Red Hat",
                UNKNOWN,
                "Red Hat's making has fixes of its own",
                h -> h.runs("5.14.0-503.11.1.el9_5.x86_64", "#1 SMP").modules(ON_DISK, ""));
        add(
                Flaw.ALGIF_AEAD,
                "SUSE",
                UNKNOWN,
                "SUSE's making has fixes of its own",
                h -> h.runs("6.4.0-150600.23.33-default", "#1 SMP").modules(ON_DISK, ""));
        add(
                Flaw.ALGIF_AEAD,
                "Proxmox on a Debian host",
                UNKNOWN,
                "Proxmox has fixes of its own",
                h -> h.runs("6.8.12-9-pve", "#1 SMP PREEMPT_DYNAMIC PMX 6.8.12-9 (2025-03-16T19:18Z)")
                        .file("/etc/os-release", "ID=debian\nVERSION_CODENAME=bookworm\n")
                        .modules(ON_DISK, ""));
        add(
                Flaw.ALGIF_AEAD,
                "Ubuntu without its data",
                UNKNOWN,
                "Ubuntu's linux 6.8.0-59.61 has fixes of its own",
                Situations::ubuntu);
        tracked(
                Flaw.ALGIF_AEAD,
                "Ubuntu with its data",
                AFFECTED,
                "linux in 24.04: fixed in 6.8.0-60.63, and 6.8.0-59.61 is older",
                Situations::ubuntu);
        tracked(
                Flaw.ALGIF_AEAD,
                "Ubuntu's other kernel with its data",
                AFFECTED,
                "linux-hwe-6.11 in 24.04: open",
                h -> ubuntu(h.installed("linux-modules-6.8.0-59-generic", "6.8.0-59.61", "linux-hwe-6.11")));
        add(
                Flaw.ALGIF_AEAD,
                "the changelog names it",
                FIXED,
                "changelog names it at 6.1.164-1",
                h -> open(h).changelog(
                                "linux (6.1.164-1) bookworm-security; urgency=high\n\n  * crypto: a fix (CVE-2026-31431)\n\n -- A  B\n"));
        add(
                Flaw.ALGIF_AEAD,
                "the changelog of the newer package that is installed names it",
                AFFECTED,
                "fixed in 6.1.170",
                h -> open(h).changelog(
                                "linux (6.1.164-2) bookworm-security; urgency=high\n\n  * crypto: a fix (CVE-2026-31431)\n"));
        tracked(
                Flaw.RXRPC,
                "the changelog names a fix that the tracker does not count",
                AFFECTED,
                "linux in bookworm: open",
                h -> open(h).changelog(
                                "linux (6.1.160-1) bookworm-security; urgency=high\n\n  * rxrpc: a fix (CVE-2026-43500)\n"));
    }

    private static HostFiles ubuntu(HostFiles h) {
        return h.runs("6.8.0-59-generic", "#61-Ubuntu SMP PREEMPT_DYNAMIC Fri Apr 11")
                .file("/proc/version_signature", "Ubuntu 6.8.0-59.61-generic 6.8.12\n")
                .file("/etc/os-release", "ID=ubuntu\nVERSION_ID=\"24.04\"\nVERSION_CODENAME=noble\n")
                .modules(ON_DISK, "");
    }

    private static void places() {
        add(
                Flaw.ALGIF_AEAD,
                "the module is absent",
                NOT_PRESENT,
                "no module algif_aead",
                h -> open(h).modules("", "kernel/fs/x.ko\n"));
        add(
                Flaw.ALGIF_AEAD,
                "the option is off",
                NOT_PRESENT,
                "CONFIG_CRYPTO_USER_API_AEAD is not set",
                h -> open(h).config("CONFIG_X=y\n# CONFIG_CRYPTO_USER_API_AEAD is not set\n"));
        add(
                Flaw.ALGIF_AEAD,
                "/lib/modules cannot be read",
                UNKNOWN,
                "cannot be told whether crypto/algif_aead.c",
                h -> h.debian("bookworm", "6.1.0-40-amd64", "6.1.164-1"));
        add(
                Flaw.ALGIF_AEAD,
                "/lib/modules cannot be read, but the symbol is there",
                AFFECTED,
                "6.1.164 has it",
                h -> h.debian("bookworm", "6.1.0-40-amd64", "6.1.164-1")
                        .file("/proc/kallsyms", "0000000000000000 t alg_bind\t[af_alg]\n"));
        add(
                Flaw.OTHER_ARCHITECTURE,
                "code of another architecture",
                NOT_PRESENT,
                "is of another architecture",
                Situations::open);
        add(Flaw.CORE, "code of the kernel itself", AFFECTED, "6.1.164 has it", h -> open(h).config("CONFIG_NET=y\n"));
        add(
                Flaw.XHCI,
                "one of several modules, it cannot be told which",
                UNKNOWN,
                "if so, in one of: ehci_hcd, xhci_hcd, xhci_plat_hcd",
                Situations::open);
        add(
                Flaw.TWO_OF_XHCI,
                "two files, and for neither it can be told",
                UNKNOWN,
                "xhci-ring.c, drivers/usb/host/ehci-q.c is in this kernel; if so, in one of: ehci_hcd",
                Situations::open);
    }

    private static void measures() {
        add(
                Flaw.ALGIF_AEAD,
                "engaged",
                MITIGATED,
                "engaged: af_alg:alg_bind returns -1",
                h -> open(h).engaged("af_alg:alg_bind", -1, "engaged"));
        add(
                Flaw.ALGIF_AEAD,
                "engaged without the module's name, with another error",
                MITIGATED,
                "alg_bind returns -13",
                h -> open(h).engaged("alg_bind", -13, "engaged"));
        add(
                Flaw.ALGIF_AEAD,
                "engaged for a time",
                MITIGATED,
                "engaged: alg_bind",
                h -> open(h).engaged("alg_bind", -1, "expiring"));
        add(
                Flaw.ALGIF_AEAD,
                "waiting for its module",
                MITIGATED,
                "as soon as its module is loaded",
                h -> open(h).file("/sys/kernel/security/killswitch/engaged", "")
                        .file("/sys/kernel/security/killswitch/pending", "af_alg:alg_bind retval=-1 module=af_alg\n"));
        add(
                Flaw.ALGIF_AEAD,
                "only probed",
                AFFECTED,
                "6.1.164 has it",
                h -> open(h).engaged("alg_bind", -1, "probing"));
        add(
                Flaw.ALGIF_AEAD,
                "engaged with success",
                AFFECTED,
                "6.1.164 has it",
                h -> open(h).engaged("alg_bind", 0, "engaged"));
        add(
                Flaw.ALGIF_AEAD,
                "engaged with a guard that the entry does not have",
                AFFECTED,
                "6.1.164 has it",
                h -> open(h).engaged("alg_bind", -1, "engaged")
                        .file("/sys/kernel/security/killswitch/fn/alg_bind/passed", "3\n"));
        add(
                Flaw.ALGIF_AEAD,
                "another function is engaged",
                AFFECTED,
                "6.1.164 has it",
                h -> open(h).engaged("other", -1, "engaged"));
        add(
                Flaw.RXRPC,
                "one of two functions is engaged",
                AFFECTED,
                "branch 5.10 has no fix",
                h -> bullseye(h, "5.10.262-1").engaged("rxrpc_a", -1, "engaged"));
        add(
                Flaw.ALGIF_AEAD,
                "livepatched",
                MITIGATED,
                "livepatch fix replaces _aead_recvmsg()",
                h -> open(h).livepatch("fix", "1", "0", "_aead_recvmsg"));
        add(
                Flaw.ALGIF_AEAD,
                "a livepatch that is not through",
                AFFECTED,
                "6.1.164 has it",
                h -> open(h).livepatch("fix", "1", "1", "_aead_recvmsg"));
        add(
                Flaw.ALGIF_AEAD,
                "a livepatch of something else",
                AFFECTED,
                "6.1.164 has it",
                h -> open(h).livepatch("fix", "1", "0", "other"));
        add(
                Flaw.ALGIF_AEAD,
                "module blocked",
                MITIGATED,
                "algif_aead cannot be loaded: 'install algif-aead /bin/false' in /etc/modprobe.d/a.conf",
                h -> open(h).file("/etc/modprobe.d/a.conf", "install algif-aead /bin/false\n"));
        add(
                Flaw.ALGIF_AEAD,
                "module that it needs blocked",
                MITIGATED,
                "it needs af_alg",
                h -> open(h).file("/usr/lib/modprobe.d/a.conf", "install af_alg /usr/bin/true\n"));
        add(
                Flaw.ALGIF_AEAD,
                "module blocked on the command line",
                MITIGATED,
                "module_blacklist=x,algif_aead on the kernel's",
                h -> open(h).file("/proc/cmdline", "quiet module_blacklist=x,algif_aead\n"));
        add(
                Flaw.ALGIF_AEAD,
                "module blocked in a comment",
                AFFECTED,
                "6.1.164 has it",
                h -> open(h).file("/etc/modprobe.d/a.conf", "# install algif_aead /bin/false\n"));
        add(
                Flaw.ALGIF_AEAD,
                "module only blacklisted",
                AFFECTED,
                "6.1.164 has it",
                h -> open(h).file("/etc/modprobe.d/a.conf", "blacklist algif_aead\n"));
        add(
                Flaw.ALGIF_AEAD,
                "module blocked too late",
                AFFECTED,
                "6.1.164 has it",
                h -> open(h).file("/etc/modprobe.d/a.conf", "install algif_aead /bin/false\n")
                        .file("/proc/modules", "algif_aead 16384 0 - Live 0x0\n"));
        add(
                Flaw.ALGIF_AEAD,
                "module blocked, but built in",
                AFFECTED,
                "6.1.164 has it",
                h -> open(h).modules("", "kernel/crypto/algif_aead.ko\n")
                        .file("/etc/modprobe.d/a.conf", "install algif_aead /bin/false\n"));
        add(
                Flaw.ALGIF_AEAD,
                "a block that another file of the name hides",
                AFFECTED,
                "6.1.164 has it",
                h -> open(h).file("/lib/modprobe.d/a.conf", "install algif_aead /bin/false\n")
                        .file("/etc/modprobe.d/a.conf", ""));
        add(
                Flaw.ALGIF_AEAD,
                "an install rule that loads it",
                AFFECTED,
                "6.1.164 has it",
                h -> open(h).file(
                                "/etc/modprobe.d/a.conf",
                                "install algif_aead /sbin/modprobe --ignore-install algif_aead\n"));
        add(
                Flaw.ESP,
                "one of two modules blocked",
                AFFECTED,
                "fixed in 6.1.172",
                h -> open(h).file("/etc/modprobe.d/a.conf", "install esp4 /bin/false\n"));
        add(
                Flaw.ESP,
                "both modules blocked",
                MITIGATED,
                "esp6 cannot be loaded",
                h -> open(h).file(
                                "/etc/modprobe.d/a.conf",
                                "install esp4 /bin/false\ninstall \\\n esp6 /bin/false # IPsec\n"));
        add(
                Flaw.ALGIF_AEAD,
                "the setting of another measure",
                MITIGATED,
                "sysctl crypto.af_alg_restrict=1",
                h -> open(h).file("/proc/sys/crypto/af_alg_restrict", "1\n"));
        add(
                Flaw.ALGIF_AEAD,
                "another value of that setting",
                AFFECTED,
                "6.1.164 has it",
                h -> open(h).file("/proc/sys/crypto/af_alg_restrict", "0\n"));
        add(
                Flaw.RXRPC,
                "no user namespaces for users",
                MITIGATED,
                "kernel.unprivileged_userns_clone=0",
                h -> bullseye(h, "5.10.262-1").file("/proc/sys/kernel/unprivileged_userns_clone", "0\n"));
        add(
                Flaw.ALGIF_AEAD,
                "user namespaces are of no use against any user",
                AFFECTED,
                "6.1.164 has it",
                h -> open(h).file("/proc/sys/user/max_user_namespaces", "0\n"));
        add(
                Flaw.ALGIF_AEAD,
                "Red Hat, engaged",
                MITIGATED,
                "engaged: alg_bind",
                h -> h.runs("5.14.0-503.11.1.el9_5.x86_64", "#1 SMP")
                        .modules("", "kernel/crypto/algif_aead.ko\n")
                        .engaged("alg_bind", -1, "engaged"));
        add(
                Flaw.ESP,
                "engaged because of it, without an entry",
                MITIGATED,
                "esp_input returns -22 (EINVAL), engaged because of CVE-2026-43284",
                h -> open(h).engaged("esp_input", -22, "engaged"));
        add(
                Flaw.ESP,
                "only observed because of it",
                AFFECTED,
                "fixed in 6.1.172",
                h -> open(h).engaged("esp_input", 0, "observing"));
        add(
                Flaw.CORE,
                "engaged because of another one",
                AFFECTED,
                "6.1.164 has it",
                h -> open(h).config("CONFIG_NET=y\n").engaged("esp_input", -22, "engaged"));
    }
}
