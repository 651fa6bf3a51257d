// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import static org.killswitch.catalogue.verdict.Status.AFFECTED;
import static org.killswitch.catalogue.verdict.Status.FIXED;
import static org.killswitch.catalogue.verdict.Status.NOT_PRESENT;
import static org.killswitch.catalogue.verdict.Status.UNKNOWN;

/** Rows about who made a kernel, and whose data says what. */
final class KernelSituations {

    private KernelSituations() {}

    static void addTo(Situations table) {
        versions(table);
        distributions(table);
    }

    private static void versions(Situations table) {
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "bullseye before the fix",
                AFFECTED,
                "5.10.223 has it, since 4.14; fixed in 5.10.254",
                h -> Situations.bullseye(h, "5.10.223-1"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "bullseye with the fix",
                FIXED,
                "5.10.254 has the fix of 5.10.254",
                h -> Situations.bullseye(h, "5.10.254-1"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "older than the flaw",
                NOT_PRESENT,
                "4.9.320 never had it",
                h -> h.debian("stretch", "4.9.0-19-amd64", "4.9.320-2"));
        table.add(
                Situations.Flaw.ESP,
                "first of two fixes of a branch",
                AFFECTED,
                "fixed in 6.1.172",
                h -> Situations.bookworm(h, "6.1.171-1"));
        table.add(
                Situations.Flaw.ESP,
                "last of two fixes of a branch",
                FIXED,
                "has the fix of 6.1.172 (8253aab4659c)",
                h -> Situations.bookworm(h, "6.1.172-1"));
        table.add(
                Situations.Flaw.RXRPC,
                "a branch without a fix",
                AFFECTED,
                "branch 5.10 has no fix",
                h -> Situations.bullseye(h, "5.10.262-1"));
        table.add(
                Situations.Flaw.BROUGHT_BY_BACKPORT,
                "before the backport that brought it",
                NOT_PRESENT,
                "5.10.223 never had it",
                h -> Situations.bullseye(h, "5.10.223-1"));
        table.add(
                Situations.Flaw.BROUGHT_BY_BACKPORT,
                "after the backport that brought it",
                AFFECTED,
                "since 5.10.224; fixed in 5.10.226",
                h -> Situations.bullseye(h, "5.10.225-1"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "a release candidate of the release with the fix",
                UNKNOWN,
                "it changed between the candidates of 7.0",
                h -> h.debian("forky", "7.0-rc3-amd64", "7.0~rc3-1~exp1").modules(Situations.ON_DISK, ""));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "an abi name that looks old with a new package",
                FIXED,
                "6.1.170 has the fix",
                h -> Situations.bookworm(h, "6.1.170-3"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "the package with the fix has replaced that of the kernel that goes on running",
                AFFECTED,
                "6.1.164 has it",
                h -> h.runs("6.1.0-40-amd64", "#1 SMP Debian 6.1.164-1 (2026-03-08)")
                        .installed("linux-image-6.1.0-40-amd64", "6.1.170-1", "linux-signed-amd64")
                        .modules(Situations.ON_DISK, ""));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "kernel.org's own",
                AFFECTED,
                "6.12.84 has it",
                h -> h.runs("6.12.84", "#1 SMP Mon Aug 3").modules(Situations.ON_DISK, ""));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "no files at all",
                UNKNOWN,
                "of unknown making has fixes of its own",
                h -> h);
    }

    private static void distributions(Situations table) {
        table.tracked(
                Situations.Flaw.ALGIF_AEAD,
                "bookworm, fix that Debian took before upstream's release",
                FIXED,
                "linux in bookworm: fixed in 6.1.164-2",
                h -> Situations.bookworm(h, "6.1.164-2"));
        table.tracked(
                Situations.Flaw.ALGIF_AEAD,
                "bookworm, older than Debian's fix",
                AFFECTED,
                "6.1.164-1 is older",
                h -> Situations.bookworm(h, "6.1.164-1"));
        table.tracked(
                Situations.Flaw.ALGIF_AEAD,
                "a backport is judged by the next suite",
                FIXED,
                "linux in trixie: fixed in 6.12.74-2",
                h -> h.debian("bookworm", "6.12.74+deb12-amd64", "6.12.74-2~bpo12+1")
                        .modules(Situations.ON_DISK, ""));
        table.tracked(
                Situations.Flaw.ALGIF_AEAD,
                "an older backport is not",
                AFFECTED,
                "linux in trixie: fixed in 6.12.74-2, and 6.12.74-1 is older",
                h -> h.debian("bookworm", "6.12.74+deb12-amd64", "6.12.74-1~bpo12+1")
                        .modules(Situations.ON_DISK, ""));
        table.tracked(
                Situations.Flaw.ALGIF_AEAD,
                "trixie's kernel on a bookworm host",
                FIXED,
                "linux in trixie: fixed in 6.12.74-2",
                h -> h.debian("bookworm", "6.12.74+deb13-amd64", "6.12.74-2").modules(Situations.ON_DISK, ""));
        table.tracked(
                Situations.Flaw.ALGIF_AEAD,
                "the LTS's newer kernel",
                AFFECTED,
                "linux-6.1 in bullseye: open",
                h -> h.runs("6.1.0-0.deb11.40-amd64", "#1 SMP Debian 6.1.164-1~deb11u1 (2026-03-08)")
                        .file("/etc/os-release", "VERSION_CODENAME=bullseye\n")
                        .installed(
                                "linux-image-6.1.0-0.deb11.40-amd64",
                                "6.1.164-1~deb11u1",
                                "linux-signed-6.1-amd64 (6.1.164+1~deb11u1)")
                        .modules(Situations.ON_DISK, ""));
        table.tracked(
                Situations.Flaw.ESP,
                "not affected by the tracker",
                NOT_PRESENT,
                "linux in bookworm: not affected",
                h -> Situations.bookworm(h, "6.1.164-1"));
        table.tracked(
                Situations.Flaw.RXRPC,
                "open, though upstream's number says fixed",
                AFFECTED,
                "linux in bookworm: open",
                h -> Situations.bookworm(h, "6.1.199-1"));
        table.tracked(
                Situations.Flaw.RXRPC,
                "no entry for the suite: upstream's releases decide",
                AFFECTED,
                "branch 5.10 has no fix",
                h -> Situations.bullseye(h, "5.10.262-1"));
        table.tracked(
                Situations.Flaw.BROUGHT_BY_BACKPORT,
                "fixed later, but younger than the package",
                NOT_PRESENT,
                "5.10.223 never had it",
                h -> Situations.bullseye(h, "5.10.223-1"));
        table.tracked(
                Situations.Flaw.ONLY_IN_TRACKER,
                "undetermined, and nobody else knows",
                UNKNOWN,
                "no data says which releases have it",
                h -> Situations.bookworm(h, "6.1.164-1"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "Raspberry Pi OS has an epoch, and upstream's release",
                AFFECTED,
                "6.12.84 has it",
                h -> h.runs("6.12.84+rpt-rpi-v8", "#1 SMP PREEMPT Debian 1:6.12.84-1+rpt1 (2026-06-01)")
                        .modules(Situations.ON_DISK, ""));
        table.tracked(
                Situations.Flaw.ALGIF_AEAD,
                "Raspberry Pi OS is not judged by Debian's data",
                AFFECTED,
                "6.12.84 has it",
                h -> h.runs("6.12.84+rpt-rpi-v8", "#1 SMP PREEMPT Debian 1:6.12.84-1+rpt1 (2026-06-01)")
                        .file("/etc/os-release", "ID=debian\nVERSION_CODENAME=trixie\n")
                        .modules(Situations.ON_DISK, ""));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "Fedora",
                FIXED,
                "6.12.85 has the fix",
                h -> h.runs("6.12.85-200.fc41.x86_64", "#1 SMP PREEMPT_DYNAMIC"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "Arch Linux",
                AFFECTED,
                "fixed in 6.19.12",
                h -> h.runs("6.19.11-arch1-1", "#1 SMP PREEMPT_DYNAMIC").modules(Situations.ON_DISK, ""));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "Amazon Linux 2023",
                AFFECTED,
                "fixed in 6.1.170",
                h -> h.runs("6.1.119-129.201.amzn2023.x86_64", "#1 SMP").modules(Situations.ON_DISK, ""));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "Amazon Linux 2's frozen 5.10",
                UNKNOWN,
                "Amazon Linux has fixes of its own",
                h -> h.runs("5.10.230-223.885.amzn2.x86_64", "#1 SMP").modules(Situations.ON_DISK, ""));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "Red Hat",
                UNKNOWN,
                "Red Hat's making has fixes of its own",
                h -> h.runs("5.14.0-503.11.1.el9_5.x86_64", "#1 SMP").modules(Situations.ON_DISK, ""));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "SUSE",
                UNKNOWN,
                "SUSE's making has fixes of its own",
                h -> h.runs("6.4.0-150600.23.33-default", "#1 SMP").modules(Situations.ON_DISK, ""));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "Proxmox on a Debian host",
                UNKNOWN,
                "Proxmox has fixes of its own",
                h -> h.runs("6.8.12-9-pve", "#1 SMP PREEMPT_DYNAMIC PMX 6.8.12-9 (2025-03-16T19:18Z)")
                        .file("/etc/os-release", "ID=debian\nVERSION_CODENAME=bookworm\n")
                        .modules(Situations.ON_DISK, ""));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "Ubuntu without its data",
                UNKNOWN,
                "Ubuntu's linux 6.8.0-59.61 has fixes of its own",
                Situations::ubuntu);
        table.tracked(
                Situations.Flaw.ALGIF_AEAD,
                "Ubuntu with its data",
                AFFECTED,
                "linux in 24.04: fixed in 6.8.0-60.63, and 6.8.0-59.61 is older",
                Situations::ubuntu);
        table.tracked(
                Situations.Flaw.ALGIF_AEAD,
                "Ubuntu's other kernel with its data",
                AFFECTED,
                "linux-hwe-6.11 in 24.04: open",
                h -> Situations.ubuntu(h.installed("linux-modules-6.8.0-59-generic", "6.8.0-59.61", "linux-hwe-6.11")));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "the changelog names it",
                FIXED,
                "changelog names it at 6.1.164-1",
                h -> Situations.open(h)
                        .changelog(
                                "linux (6.1.164-1) bookworm-security; urgency=high\n\n  * crypto: a fix (CVE-2026-31431)\n\n -- A  B\n"));
        table.add(
                Situations.Flaw.ALGIF_AEAD,
                "the changelog of the newer package that is installed names it",
                AFFECTED,
                "fixed in 6.1.170",
                h -> Situations.open(h)
                        .changelog(
                                "linux (6.1.164-2) bookworm-security; urgency=high\n\n  * crypto: a fix (CVE-2026-31431)\n"));
        table.tracked(
                Situations.Flaw.RXRPC,
                "the changelog names a fix that the tracker does not count",
                AFFECTED,
                "linux in bookworm: open",
                h -> Situations.open(h)
                        .changelog(
                                "linux (6.1.160-1) bookworm-security; urgency=high\n\n  * rxrpc: a fix (CVE-2026-43500)\n"));
    }
}
