// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.data.Verification;
import org.killswitch.catalogue.data.VerifiedFile;
import org.killswitch.lab.Cache;
import org.killswitch.lab.CommandInGuest;
import org.killswitch.lab.Commands;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestFailure;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.KernelHealth;
import org.killswitch.lab.Lab;
import org.killswitch.lab.LabException;
import org.killswitch.lab.SourceTree;
import org.killswitch.posix.Architecture;

/**
 * Whether the catalogue's engagements close the doors of selftests/doors/, in a guest for each kernel.
 *
 * @param lab where the guests come from
 * @param sources where the module, the doors and the entries are
 * @param image the command with its own Java runtime
 */
public record Doors(Lab lab, SourceTree sources, Path image) {

    /** The kernel's own modules that go through a door asks for, where a kernel has them. */
    private static final List<String> MODULES = List.of(
            "af_alg algif_aead algif_hash algif_skcipher gcm ghash_generic ctr cbc ecb aes_generic sha256_generic",
            "crc32c_generic crypto_null authenc echainiv seqiv hmac cmac fcrypt pcbc drbg jitterentropy_rng",
            "sha512_generic esp4 esp6 xfrm_user xfrm_algo xfrm4_tunnel xfrm_interface af_key rxrpc vsock",
            "vsock_loopback tipc tls overlay openvswitch sctp dccp dccp_ipv4 ax25 nfc atm appletalk smc rds kcm can",
            "can_bcm can_isotp can_j1939 bluetooth rfcomm nf_tables nfnetlink nft_compat ip_set ip_set_bitmap_ip",
            "cls_u32 cls_fw cls_route cls_flower sch_ingress sch_cake sch_drr sch_ets sch_hfsc sch_multiq sch_netem",
            "sch_prio sch_qfq sch_sfq dummy veth");

    private static final Duration LIMIT = Duration.ofMinutes(30);

    /**
     * The guest is a host where the paths are in use: newer kernels close most of AF_ALG by default, and only an
     * administrator can have TLS loaded.
     */
    private static final String IN_USE = """
            modprobe af_alg
            f=/proc/sys/crypto/af_alg_restrict; [ ! -e $f ] || echo 0 > $f
            modprobe tls
            insmod /modules/killswitch.ko
            """;

    /**
     * Goes through the doors of entries.
     *
     * @param entries that have doors
     * @param progress takes a line for each entry
     * @throws GuestFailure if the guest's kernel got into trouble, or found fault with anything
     */
    public List<Verification> verify(Kernel kernel, List<Entry> entries, OutputStream progress) {
        GuestSpec spec = GuestSpec.standard()
                .withTimeout(LIMIT)
                .withAvailable(lab.present(
                        kernel,
                        MODULES.stream()
                                .flatMap(m -> List.of(m.split(" ")).stream())
                                .toList()))
                .withFile("/modules", lab.buildModules(kernel, sources.module()))
                .withFile(DoorsInGuest.MITIGATIONS, sources.root().resolve("mitigations"))
                .withFile(DoorsInGuest.DOOR, door(kernel.release().architecture()))
                .withFile("/opt/dev", own());
        GuestSpec whole = lab.withCommandsLibraries(CommandInGuest.add(lab, spec, kernel, image), kernel);
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        try (Guest guest = lab.boot(kernel, whole)) {
            CommandInGuest.link(guest);
            guest.require(IN_USE);
            String cves = String.join(" ", entries.stream().map(Entry::cve).toList());
            // or every refusal would go through the serial line
            int status = guest.run(
                    "dmesg -n 4; export LC_ALL=C.UTF-8; exec " + java() + " " + DoorsInGuest.class.getName() + " "
                            + kernel.release().name() + " '" + kernel.packageVersion() + "' " + cves,
                    result,
                    progress);
            if (status != 0) {
                throw new LabException(
                        "the doors could not be gone through on " + kernel.version() + ": exit status " + status);
            }
            KernelHealth.require(guest);
        }
        try {
            return VerifiedFile.read(
                    "what the guest printed", new ByteArrayInputStream(result.toByteArray()), cve -> true);
        } catch (IOException | ImportException e) {
            throw new LabException("on " + kernel.version() + ": " + e.getMessage(), e);
        }
    }

    /** What starts Java in the guest, with the command's classes and these. */
    private static String java() {
        String home = CommandInGuest.HOME;
        return home + "/runtime/bin/killswitch -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xlog:disable"
                + " --enable-native-access=ALL-UNNAMED -cp '" + home + "/lib/*:/opt/dev'";
    }

    /** The jar that this class is in, or the folder. */
    private static Path own() {
        try {
            return Path.of(Doors.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path door(Architecture architecture) {
        if (architecture.isHost()) {
            Commands.require("building the doors", sources.root(), "make", "--silent", "selftests");
            return sources.program("doors/door");
        }
        Path copy = sources.root().resolve("userland/dev/target/selftests-" + architecture.debian());
        try {
            Cache.delete(copy);
            Files.createDirectories(copy.getParent());
        } catch (IOException e) {
            throw new LabException(copy + " cannot be made: " + e.getMessage(), e);
        }
        Path root = sources.root();
        String here = sources.program(".").normalize().toString();
        Commands.require("copying the doors", root, "cp", "-r", here, copy.toString());
        Commands.require("cleaning the doors", copy, "make", "--silent", "clean");
        Commands.require(
                "building the doors",
                copy,
                "make",
                "--silent",
                "CC=" + architecture.toolPrefix() + "gcc",
                "doors/door");
        return copy.resolve("doors/door");
    }
}
