// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Output;

/**
 * A kernel that was built to take signed modules only (CONFIG_MODULE_SIG_FORCE), and whose /proc/kallsyms lists functions
 * only (no CONFIG_KALLSYMS_ALL): the module is signed as docs/install.md has it, with a key that this kernel knows.
 */
final class StrictKernelTest {

    private static final String SERIES = "6.12-strict";

    private static final String REFUSED = "Key was rejected by service";

    @TempDir
    private Path folder;

    @Test
    @OnlyInMatrix
    void onlyWhatIsSignedWithAKeyThatTheKernelKnowsIsLoaded() throws IOException {
        Kernel kernel = Project.kernel(SERIES);
        Path key = kernel.headers().resolve("certs/signing_key.pem");
        Path certificate = key.resolveSibling("signing_key.x509");
        Path another = folder.resolve("another.key");
        Path unknown = folder.resolve("another.der");
        Project.run(List.of(
                "openssl",
                "req",
                "-new",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "1",
                "-subj",
                "/CN=another",
                "-outform",
                "DER",
                "-keyout",
                another.toString(),
                "-out",
                unknown.toString()));
        GuestSpec spec = GuestSpec.standard()
                .withMachine(1, 512)
                .withFile("/unsigned.ko", unsigned("unsigned.ko"))
                .withFile("/unknown.ko", signed("unknown.ko", another, unknown))
                .withFile("/changed.ko", changed(signed("changed.ko", key, certificate)))
                .withFile("/signed.ko", signed("signed.ko", key, certificate));
        try (Guest guest = Project.LAB.boot(kernel, spec)) {
            isRefused(guest, "/unsigned.ko", "Loading of unsigned module is rejected");
            isRefused(guest, "/unknown.ko", "Loading of module with unavailable key is rejected");
            isRefused(guest, "/changed.ko", "");
            engages(guest, "/signed.ko");
            assertThat(guest.run("dmesg").output()).doesNotContain("module verification failed");
        }
    }

    /** With the lines of its configuration that docs/install.md has for a key that is known already. */
    @Test
    @OnlyInMatrix
    void whatDkmsSignsWithThatKeyIsLoaded() throws IOException {
        PrivateMounts.assumeAllowed();
        Kernel kernel = Project.kernel(SERIES);
        for (String name : List.of("source", "tree", "modules/" + kernel.version())) {
            Files.createDirectories(folder.resolve(name));
        }
        Path certs = kernel.headers().resolve("certs");
        Files.writeString(folder.resolve("framework.conf"), """
                sign_file=%s
                mok_signing_key=%s
                mok_certificate=%s
                """.formatted(
                        kernel.headers().resolve("scripts/sign-file"),
                        certs.resolve("signing_key.pem"),
                        certs.resolve("signing_key.x509")));
        Output output = DkmsTest.dkms(folder, """
                dkms add .
                dkms build -m killswitch -v %1$s -k %2$s --kernelsourcedir '%3$s'
                dkms install -m killswitch -v %1$s -k %2$s --no-depmod --installtree "$MODULES"
                """.formatted(Project.version(), kernel.version(), kernel.headers()));
        assertThat(output.status()).as(output.output()).isZero();
        Path module = folder.resolve("modules/" + kernel.version() + "/updates/dkms/killswitch.ko");
        GuestSpec spec = GuestSpec.standard().withMachine(1, 512).withFile("/dkms.ko", module);
        try (Guest guest = Project.LAB.boot(kernel, spec)) {
            engages(guest, "/dkms.ko");
        }
    }

    @Test
    @OnlyInMatrix
    void allSelftestsPass() {
        try (TestGuest guest = TestGuest.bootWithoutModule(SERIES)) {
            assertThat(guest.sh("cat /sys/module/module/parameters/sig_enforce").output())
                    .isEqualTo("Y\n");
            assertThat(guest.sh("grep -c -w init_task /proc/kallsyms").output()).isEqualTo("0\n");
            guest.load();
            SelftestsTest.passIn(guest);
        }
    }

    @Test
    @OnlyInMatrix
    void doctorAndCheckSayWhatTheyCannotSee() {
        try (TestGuest guest = TestGuest.bootWithCommand(SERIES)) {
            assertThat(guest.sh("killswitch doctor").output())
                    .containsPattern("(?m)^ok +signatures +enforced; the module is loaded")
                    .containsPattern("(?m)^note +symbols +functions only");
            // on a stock kernel this is good
            Output check = guest.sh("modprobe af_alg && killswitch check af_alg_sendmsg -1");
            assertThat(check.output())
                    .startsWith("af_alg_sendmsg: rehearse it first")
                    .containsPattern("(?m)^missing +pointers +/proc/kallsyms of this kernel lists functions only");
        }
    }

    private static void isRefused(Guest guest, String module, String why) {
        guest.run("dmesg -c");
        Output insmod = guest.run("insmod " + module);
        assertThat(insmod.status()).as(insmod.output()).isNotZero();
        assertThat(insmod.output()).contains(REFUSED);
        assertThat(guest.run("dmesg").output()).contains(why);
        assertThat(guest.run("test -e /sys/module/killswitch").status()).isNotZero();
    }

    private static void engages(Guest guest, String module) {
        Output insmod = guest.run("insmod " + module);
        assertThat(insmod.status()).as(insmod.output()).isZero();
        DkmsTest.assertEngages(guest);
    }

    /** The module as a compiler leaves it; the lab has signed it for this kernel. */
    private Path unsigned(String name) {
        Path built = Project.LAB.buildModules(Project.kernel(SERIES), Project.ROOT.resolve("kernel"));
        Path module = folder.resolve(name);
        Project.run(List.of(
                "objcopy", "--strip-debug", built.resolve("killswitch.ko").toString(), module.toString()));
        return module;
    }

    /** Signed as docs/install.md has it. */
    private Path signed(String name, Path key, Path certificate) {
        Path module = unsigned(name);
        Project.run(List.of(
                Project.kernel(SERIES).headers().resolve("scripts/sign-file").toString(),
                "sha256",
                key.toString(),
                certificate.toString(),
                module.toString()));
        return module;
    }

    /** Another byte in what was signed. */
    private static Path changed(Path module) throws IOException {
        byte[] bytes = Files.readAllBytes(module);
        bytes[bytes.length / 2] ^= 1;
        return Files.write(module, bytes, StandardOpenOption.TRUNCATE_EXISTING);
    }
}
