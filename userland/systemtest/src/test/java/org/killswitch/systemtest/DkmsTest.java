// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Output;

/** Debian's dkms on this checkout: add, build, install for two kernels, and remove; the lab loads what it built. */
final class DkmsTest {

    private static final List<String> KERNELS = List.of("6.1", "6.12");

    @TempDir
    private static Path folder;

    private static Path source;

    /** Dkms works in the system's folders and makes a signing key in one: it gets others in their place. */
    @BeforeAll
    static void addBuildInstall() throws IOException {
        PrivateMounts.assumeAllowed();
        for (String name : List.of("source", "tree", "modules")) {
            Files.createDirectory(folder.resolve(name));
        }
        // a kernel of any version signs for all
        Path signFile = Project.kernel("6.12").headers().resolve("scripts/sign-file");
        Files.writeString(folder.resolve("framework.conf"), "sign_file=" + signFile.toRealPath() + "\n");
        StringBuilder script = new StringBuilder("dkms add .\n");
        for (String series : KERNELS) {
            Kernel kernel = Project.kernel(series);
            Files.createDirectories(modules(kernel));
            for (String action : List.of("build", "install")) {
                script.append("dkms %s -m killswitch -v %s -k %s --kernelsourcedir '%s' %s\n"
                        .formatted(action, Project.version(), kernel.version(), kernel.headers(), INSTALL));
            }
        }
        Output output = dkms(script.toString());
        assertThat(output.status()).as(output.output()).isZero();
        source = folder.resolve("source/killswitch-" + Project.version());
    }

    private static final String INSTALL = "--no-depmod --installtree \"$MODULES\"";

    private static Output dkms(String script) {
        return dkms(folder, script);
    }

    /**
     * Runs a script with dkms in it.
     *
     * @param folder with the folders source, tree and modules and the file framework.conf, in the place of the system's
     */
    static Output dkms(Path folder, String script) {
        return PrivateMounts.run(Project.ROOT, """
                folder='%s'
                export MODULES="$folder/modules"
                mount --bind "$folder/source" /usr/src
                mount --bind "$folder/tree" /var/lib/dkms
                mount --bind "$folder/framework.conf" /etc/dkms/framework.conf
                %s""".formatted(folder, script));
    }

    private static Path modules(Kernel kernel) {
        return folder.resolve("modules").resolve(kernel.version());
    }

    @Test
    void whatIsBuiltOutsideDkmsIsNotCopied() throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            assertThat(files.map(f -> source.relativize(f).toString()))
                    .contains("dkms.conf", "LICENSE", "kernel/Kbuild", "kernel/main.c", "userland/pom.xml")
                    .noneMatch(f -> f.matches("(userland|packaging)/(.*/)?target(/.*)?|.*\\.k?o|.*/\\..*\\.cmd"));
        }
    }

    @Test
    void theModuleIsTheOneForEachKernelAndTheTestsModuleStaysAway() throws IOException {
        for (String series : KERNELS) {
            Kernel kernel = Project.kernel(series);
            try (Stream<Path> files = Files.walk(modules(kernel))) {
                assertThat(files.filter(Files::isRegularFile)).containsExactly(module(kernel));
            }
            assertThat(modinfo(kernel, "version")).isEqualTo(Project.version());
            assertThat(modinfo(kernel, "vermagic")).startsWith(kernel.version() + " SMP ");
            assertThat(modinfo(kernel, "license")).isEqualTo("GPL");
            assertThat(modinfo(kernel, "name")).isEqualTo("killswitch");
            assertThat(modinfo(kernel, "description")).isNotEmpty();
            assertThat(modinfo(kernel, "depends")).isEmpty();
            assertThat(modinfo(kernel, "parm").lines()).anyMatch(line -> line.startsWith("engage:"));
            assertThat(modinfo(kernel, "signer")).isEqualTo("DKMS module signing key");
        }
    }

    @Test
    void whatDkmsBuiltEngages() {
        for (String series : KERNELS) {
            Kernel kernel = Project.kernel(series);
            GuestSpec spec =
                    GuestSpec.standard().withMachine(1, 512).withFile("/modules/killswitch.ko", module(kernel));
            try (Guest guest = Project.LAB.boot(kernel, spec)) {
                assertThat(guest.run("insmod /modules/killswitch.ko && cat /sys/module/killswitch/version"))
                        .isEqualTo(new Output(0, Project.version() + "\n"));
                assertEngages(guest);
            }
        }
    }

    /** The module that is loaded can override a function, and stop that. */
    static void assertEngages(Guest guest) {
        guest.run("echo engage cmdline_proc_show -5 > " + TestGuest.ROOT + "/control");
        assertThat(guest.run("cat /proc/cmdline").output()).contains("Input/output error");
        guest.run("echo disengage cmdline_proc_show > " + TestGuest.ROOT + "/control");
        assertThat(guest.run("cat /proc/cmdline").status()).isZero();
    }

    @Test
    void aKernelThatEnforcesSignaturesRefusesTheKeyThatWasNotEnrolled() {
        Kernel kernel = Project.kernel("6.12");
        GuestSpec spec = GuestSpec.standard()
                .withMachine(1, 512)
                .withAppend(List.of("module.sig_enforce=1"))
                .withFile("/modules/killswitch.ko", module(kernel));
        try (Guest guest = Project.LAB.boot(kernel, spec)) {
            assertThat(guest.run("insmod /modules/killswitch.ko").status()).isNotZero();
            assertThat(guest.run("dmesg").output()).contains("Loading of module with unavailable key is rejected");
        }
    }

    @Test
    void removeLeavesNothingButTheSigningKey() throws IOException {
        Path copy = folder.resolve("removed");
        Project.run(List.of("cp", "-a", folder.resolve("modules").toString(), copy.toString()));
        Project.run(List.of(
                "cp",
                "-a",
                folder.resolve("tree").toString(),
                folder.resolve("removed-tree").toString()));
        Output output = dkms("""
                mount --bind "$folder/removed-tree" /var/lib/dkms
                dkms remove -m killswitch -v %s --all --no-depmod --installtree "$folder/removed"
                """.formatted(Project.version()));
        assertThat(output.status()).as(output.output()).isZero();
        for (Path left : List.of(copy, folder.resolve("removed-tree"))) {
            try (Stream<Path> files = Files.walk(left)) {
                assertThat(files.filter(Files::isRegularFile)
                                .map(f -> f.getFileName().toString()))
                        .isSubsetOf("mok.key", "mok.pub", "mok.der");
            }
        }
    }

    private static Path module(Kernel kernel) {
        return modules(kernel).resolve("updates/dkms/killswitch.ko");
    }

    private static String modinfo(Kernel kernel, String field) {
        return Project.run(List.of("/sbin/modinfo", "-F", field, module(kernel).toString()))
                .strip();
    }
}
