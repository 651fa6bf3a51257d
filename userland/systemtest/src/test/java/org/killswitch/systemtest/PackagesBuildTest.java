// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.killswitch.lab.Output;

/** The Debian packages that "make deb" builds: what is in them, and what lintian says. */
final class PackagesBuildTest {

    private static final Path COMMAND = Project.packages().resolve("killswitch_" + Project.version() + "_amd64.deb");
    private static final Path DKMS = Project.packages().resolve("killswitch-dkms_" + Project.version() + "_all.deb");

    @Test
    void lintianFindsNoError() {
        Output output = Project.tryRun(List.of(
                "lintian",
                "--fail-on",
                "error",
                Project.packages()
                        .resolve("killswitch_" + Project.version() + "_amd64.changes")
                        .toString()));
        assertThat(output.status()).as(output.output()).isZero();
    }

    @Test
    void theDownloadIsLessThan40Megabytes() throws IOException {
        assertThat(Files.size(COMMAND)).isLessThan(40_000_000);
    }

    @Test
    void theCommandRunsFromItsPackage(@TempDir Path root) throws IOException {
        Project.run(List.of("dpkg-deb", "-x", COMMAND.toString(), root.toString()));
        assertThat(Project.run(List.of(root.resolve("usr/bin/killswitch").toString(), "--version")))
                .isEqualTo("killswitch " + Project.version() + "\n");
        // the AOT cache fits the runtime and the libraries still
        assertThat(new ImageCopy(root.resolve("usr/lib/killswitch")).classesFromCache())
                .isGreaterThan(20);
        for (String file : List.of(
                "lib/systemd/system/killswitch.service",
                "lib/systemd/system/killswitch-good.timer",
                "lib/systemd/system/killswitch-ended.service",
                "lib/systemd/system/killswitch-metrics.timer",
                "usr/share/man/man8/killswitch.8.gz",
                "usr/share/man/man8/killswitch-engage.8.gz",
                "usr/share/man/man8/ks-bpf-load.8.gz",
                "usr/share/man/man7/killswitch-guards.7.gz",
                "usr/share/bash-completion/completions/killswitch",
                "usr/share/zsh/vendor-completions/_killswitch",
                "usr/share/doc/killswitch/examples/modprobe.d/killswitch.conf.example",
                "usr/share/doc/killswitch/examples/modules-load.d/killswitch.conf.example",
                "usr/share/doc/killswitch/examples/ansible/killswitch.yml",
                "usr/share/doc/killswitch/examples/ansible/roles/killswitch/tasks/policy.yml",
                "usr/share/doc/killswitch/copyright")) {
            assertThat(root.resolve(file)).exists();
        }
        try (Stream<Path> libraries = Files.list(root.resolve("usr/lib/killswitch/lib"))) {
            assertThat(libraries
                            .map(l -> l.getFileName().toString().replaceFirst("\\.jar$", ""))
                            .filter(l -> !l.endsWith("-" + Project.version())))
                    .isNotEmpty()
                    .allSatisfy(l -> assertThat(root.resolve("usr/lib/killswitch/legal/" + l + "/LICENSE"))
                            .isNotEmptyFile());
        }
        assertThat(Project.run(
                        List.of(root.resolve("usr/lib/killswitch/bin/ks-door").toString(), "--list")))
                .contains("af_alg_aead");
        // nothing of it is a configuration file, which would be left behind
        assertThat(root.resolve("etc")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"agent", "fleet"})
    void theFleetsProgramsRunFromTheirPackages(String name, @TempDir Path root) throws IOException {
        String program = "killswitch-" + name;
        Path deb = Project.packages().resolve(program + "_" + Project.version() + "_amd64.deb");
        assertThat(Files.size(deb)).isLessThan(40_000_000);
        Project.run(List.of("dpkg-deb", "-x", deb.toString(), root.toString()));
        Output usage =
                Project.tryRun(List.of(root.resolve("usr/sbin/" + program).toString(), "--help"));
        assertThat(usage.output()).containsIgnoringCase("usage: killswitch");
        assertThat(root.resolve("lib/systemd/system/" + program + ".service")).exists();
        assertThat(root.resolve("usr/share/doc/" + program + "/examples/" + name + ".yaml"))
                .exists();
        assertThat(root.resolve("usr/lib/" + program + "/mitigations")).isNotEmptyDirectory();
    }

    @Test
    void theSourcesBuildWithTheirOwnDkmsConf(@TempDir Path root) throws IOException {
        Project.run(List.of("dpkg-deb", "-x", DKMS.toString(), root.toString()));
        Path source = root.resolve("usr/src/killswitch-" + Project.version());
        assertThat(Files.readString(source.resolve("dkms.conf")))
                .contains("PACKAGE_VERSION=\"" + Project.version() + "\"")
                .doesNotContain("POST_ADD");
        Output make = Project.tryRun(List.of(
                "make",
                "-C",
                source.toString(),
                "modules",
                "KDIR=" + Project.kernel("6.12").headers(),
                "KS_TEST=n"));
        assertThat(make.status()).as(make.output()).isZero();
        assertThat(source.resolve("kernel/killswitch.ko")).exists();
        assertThat(source.resolve("kernel/test_killswitch.ko")).doesNotExist();
    }

    /** Whoever builds them from the same image gets the same packages, whenever that is. */
    @Test
    void nothingInThemIsYoungerThanTheChangelog() {
        String changed = Project.run(List.of(
                "dpkg-parsechangelog",
                "-l",
                Project.ROOT.resolve("packaging/debian/changelog").toString(),
                "-STimestamp"));
        for (Path deb : List.of(
                COMMAND,
                DKMS,
                Project.packages().resolve("killswitch-agent_" + Project.version() + "_amd64.deb"),
                Project.packages().resolve("killswitch-fleet_" + Project.version() + "_amd64.deb"))) {
            assertThat(Project.run(List.of(
                            "sh",
                            "-c",
                            "dpkg-deb --fsys-tarfile \"$0\" | TZ=UTC tar -t -v --full-time --numeric-owner -f - |"
                                    + " awk '{ print $4, $5 }' | sort -u | tail -n 1",
                            deb.toString())))
                    .startsWith(Project.run(List.of("date", "-u", "-d", "@" + changed.strip(), "+%F %T"))
                            .strip());
        }
    }
}
