// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

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
        /** The same with a guard in its engagement. */
        GUARDED,
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
        /** A flaw in net/unix, whose only module is another. */
        UNIX,
        /** A flaw in two such files. */
        TWO_OF_XHCI,
        /** A flaw in such a file and in net/ipv4/esp4.c. */
        XHCI_AND_ESP4,
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

    static final String ON_DISK = """
            kernel/crypto/af_alg.ko.xz:
            kernel/crypto/algif_aead.ko.xz: kernel/crypto/af_alg.ko.xz
            kernel/net/ipv4/esp4.ko.xz:
            kernel/net/ipv6/esp6.ko.xz:
            kernel/net/rxrpc/rxrpc.ko.xz:
            kernel/net/unix/unix_diag.ko.xz:
            kernel/drivers/usb/host/xhci-hcd.ko:
            kernel/drivers/usb/host/xhci-plat-hcd.ko:
            kernel/drivers/usb/host/ehci-hcd.ko:
            """;

    private static final String ALIASES = "alias net-pf-38 af_alg\nalias net-pf-33 rxrpc\nalias xfrm-type-2-50 esp4\n";

    private final List<Situation> rows = new ArrayList<>();

    /** The whole table. */
    static List<Situation> all() {
        Situations table = new Situations();
        KernelSituations.addTo(table);
        CodeSituations.addTo(table);
        return table.rows;
    }

    /** A row for which nothing is imported. */
    void add(Flaw flaw, String name, Status status, String evidence, UnaryOperator<HostFiles> host) {
        rows.add(new Situation(name, flaw, host, false, status, evidence));
    }

    /** A row for which the distributions' data is imported. */
    void tracked(Flaw flaw, String name, Status status, String evidence, UnaryOperator<HostFiles> host) {
        rows.add(new Situation(name + ", with the tracker", flaw, host, true, status, evidence));
    }

    static HostFiles bookworm(HostFiles h, String version) {
        return h.debian("bookworm", "6.1.0-40-amd64", version)
                .modules(ON_DISK, "")
                .aliases(ALIASES);
    }

    static HostFiles bullseye(HostFiles h, String version) {
        return h.debian("bullseye", "5.10.0-32-amd64", version)
                .modules(ON_DISK, "")
                .aliases(ALIASES);
    }

    static HostFiles open(HostFiles h) {
        return bookworm(h, "6.1.164-1");
    }

    static HostFiles ubuntu(HostFiles h) {
        return h.runs("6.8.0-59-generic", "#61-Ubuntu SMP PREEMPT_DYNAMIC Fri Apr 11")
                .file("/proc/version_signature", "Ubuntu 6.8.0-59.61-generic 6.8.12\n")
                .file("/etc/os-release", "ID=ubuntu\nVERSION_ID=\"24.04\"\nVERSION_CODENAME=noble\n")
                .modules(ON_DISK, "");
    }
}
