// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.killswitch.lab.CommandInGuest;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.posix.Architecture;

/** Guards and programs are loaded with the libbpf of each release of Debian that has one new enough. */
@Execution(ExecutionMode.CONCURRENT)
@Tag("long")
final class LibbpfVersionsTest {

    private static final String ROOT = TestGuest.ROOT;
    private static final List<String> LIBRARIES = List.of(
            "libc.so.6",
            "libm.so.6",
            "libdl.so.2",
            "libpthread.so.0",
            "librt.so.1",
            "libz.so.1",
            "libzstd.so.1",
            "libelf.so.1",
            "libbpf.so.1");
    private static final String FIRE = "printf 1 | kwrite " + TestGuest.FIRE;

    @ParameterizedTest
    @CsvSource({"bookworm, 1.1", "bookworm-backports, 1.4", "trixie, 1.5"})
    void loadsGuardsAndPrograms(String suite, String version) {
        Kernel kernel = Project.kernel("6.12-errinj");
        GuestSpec spec = Project.withCommand(with(suite), kernel)
                .withFile("/modules", Project.LAB.buildModules(kernel, Project.ROOT.resolve("kernel")))
                .withFile("/bpf", Project.bpfPrograms(kernel))
                .withFile("/bin/kwrite", Project.selftests(kernel).resolve("kwrite"));
        try (Guest guest = Project.LAB.boot(kernel, spec)) {
            Scripts.require(guest, "insmod /modules/test_killswitch.ko; insmod /modules/killswitch.ko");
            CommandInGuest.link(guest);
            assertThat(Scripts.require(guest, "grep -c LIBBPF_" + version + ".0 /lib/*/libbpf.so.1"))
                    .isNotEqualTo("0\n");

            Scripts.require(guest, "killswitch engage ks_test_vuln -EACCES --when 'arg1 == 1'");
            assertThat(guest.run(FIRE).output()).isEqualTo("EACCES\n");
            Scripts.require(guest, "killswitch disengage ks_test_vuln");
            assertThat(guest.run(FIRE).output()).isEqualTo("ok 1\n");

            Scripts.require(
                    guest, "echo engagebpf ks_test_vuln /bpf/override.bpf.o > " + ROOT + "/control; dmesg | tail -2");
            assertThat(guest.run(FIRE).output()).isEqualTo("EACCES\n");
            Scripts.require(guest, "killswitch bpf remove ks_test_vuln");
            assertThat(guest.run(FIRE).output()).isEqualTo("ok 1\n");
        }
    }

    /** A guest with a release's libbpf, and with the C library that it wants in the place of this machine's. */
    private static GuestSpec with(String suite) {
        Architecture host = Architecture.host();
        Path root = Project.LAB.packages(host, suite, List.of("libbpf1"));
        String folder = "lib/" + host.triplet() + "/";
        // Newer releases have all libraries below usr.
        Path libraries = root.resolve(Files.exists(root.resolve(folder)) ? folder : "usr/" + folder);
        GuestSpec spec = GuestSpec.standard()
                .withFile(
                        host.loader(), libraries.resolve(Path.of(host.loader()).getFileName()));
        for (String library : LIBRARIES) {
            Path file = root.resolve("usr/" + folder + library);
            Path there = Files.exists(file) ? file : libraries.resolve(library);
            if (Files.exists(there)) { // older releases do without zstd
                spec = spec.withFile("/" + folder + library, there);
            }
        }
        return spec;
    }
}
