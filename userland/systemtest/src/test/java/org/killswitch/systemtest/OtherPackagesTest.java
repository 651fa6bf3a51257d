// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.lab.Output;

/** The packages for other distributions, as far as Debian's tools can judge them: none of those is booted here. */
final class OtherPackagesTest {

    private static final Path RPMS = Project.ROOT.resolve("packaging/target/rpm");

    @TempDir
    private Path folder;

    private Path unpacked(String rpm) throws IOException {
        Path copy = Files.copy(RPMS.resolve(rpm), folder.resolve("package.rpm"), StandardCopyOption.REPLACE_EXISTING);
        Path root = Files.createDirectory(folder.resolve(rpm));
        Project.run(List.of("rpm2archive", copy.toString()));
        Project.run(List.of("tar", "-x", "-z", "-f", copy + ".tgz", "-C", root.toString()));
        return root;
    }

    @Test
    void theRpmPackagesHaveWhatDebiansHave() throws IOException {
        Project.run(List.of("make", "--silent", "-C", Project.ROOT.toString(), "rpm"));
        String version = Project.version();
        Path command = unpacked("killswitch-" + version + "-1.x86_64.rpm");
        assertThat(Project.run(List.of(command.resolve("usr/bin/killswitch").toString(), "--version")))
                .isEqualTo("killswitch " + version + "\n");
        assertThat(new ImageCopy(command.resolve("usr/lib/killswitch")).classesFromCache())
                .as("the AOT cache fits the runtime and the libraries still")
                .isGreaterThan(20);
        for (String file : List.of(
                "usr/sbin/ks-bpf-load",
                "usr/lib/systemd/system/killswitch.service",
                "usr/lib/systemd/system/killswitch-ended.timer",
                "usr/share/man/man8/killswitch.8",
                "usr/share/zsh/site-functions/_killswitch",
                "usr/lib/killswitch/bin/ks-door",
                "usr/lib/killswitch/mitigations")) {
            assertThat(command.resolve(file)).exists();
        }
        assertThat(command.resolve("etc")).doesNotExist();
        Path debian = folder.resolve("debian");
        Project.run(List.of(
                "dpkg-deb",
                "-x",
                Project.packages()
                        .resolve("killswitch-dkms_" + version + "_all.deb")
                        .toString(),
                debian.toString()));
        String sources = "usr/src/killswitch-" + version;
        Output differences = Project.tryRun(List.of(
                "diff",
                "-r",
                debian.resolve(sources).toString(),
                unpacked("killswitch-dkms-" + version + "-1.noarch.rpm")
                        .resolve(sources)
                        .toString()));
        assertThat(differences.output()).isEmpty();
    }

    /** By makepkg itself, which refuses to work for root, and wants a pacman that it does not call here. */
    @Test
    void archsMakepkgReadsThePkgbuild() throws IOException {
        Path copy = folder.resolve("PKGBUILD");
        Files.copy(Project.ROOT.resolve("packaging/arch/PKGBUILD"), copy);
        Files.setAttribute(folder, "unix:mode", 0777);
        Output read = Project.tryRun(List.of(
                "sh",
                "-c",
                "cd \"$0\" && HOME=/tmp PACMAN=true setpriv --reuid 65534 --regid 65534 --clear-groups makepkg --printsrcinfo",
                folder.toString()));
        assertThat(read.status()).as(read.output()).isZero();
        assertThat(read.output())
                .contains(
                        "pkgname = killswitch\n",
                        "pkgname = killswitch-dkms\n",
                        "pkgver = " + Project.version() + "\n");
    }
}
