// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Output;

/** The Makefile: what install brings uninstall takes away, and what is missing is said in one line. */
final class InstallTest {

    @TempDir
    private static Path folder;

    private static Path tree;
    private static Kernel kernel;

    /** A tree of its own, as kernel/ of the checkout may have been built for another kernel. */
    @BeforeAll
    static void build() throws IOException {
        kernel = Project.kernel("6.1");
        tree = Files.createDirectory(folder.resolve("tree"));
        for (String part :
                List.of("Makefile", "kernel", "selftests", "packaging", "script", "README.md", "docs", "LICENSE")) {
            Project.run(List.of("cp", "-r", Project.ROOT.resolve(part).toString(), tree.toString()));
        }
        for (String built : List.of(
                "userland/cli/target/killswitch",
                "userland/manual/target/manual",
                "userland/fleet/target/killswitch-agent",
                "userland/fleet/target/killswitch-fleet")) {
            Path copy = tree.resolve(built);
            Files.createDirectories(copy.getParent());
            Project.run(List.of("cp", "-a", Project.ROOT.resolve(built).toString(), copy.toString()));
        }
        Project.run(make("clean-kernel", "KDIR=" + kernel.headers()));
        Project.run(make("modules", "KDIR=" + kernel.headers()));
        Project.run(make("door"));
    }

    private static List<String> make(String... arguments) {
        List<String> command = new ArrayList<>(List.of("make", "--no-print-directory", "-C", tree.toString()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/usr", "/usr/local"})
    void whatIsInstalledIsUninstalled(String prefix, @TempDir Path root) throws IOException {
        Path another = root.resolve("usr/share/man/man8/another.8");
        Path dkms = root.resolve("lib/modules/" + kernel.version() + "/updates/dkms/killswitch.ko");
        for (Path file : List.of(another, dkms)) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, "not ours\n");
        }
        Set<String> before = files(root);

        Project.run(make("install", "install-fleet", "DESTDIR=" + root, "PREFIX=" + prefix));
        Set<String> installed = files(root);
        installed.removeAll(before);
        String zsh = prefix.equals("/usr") ? "vendor-completions" : "site-functions";
        String usr = prefix.substring(1);
        assertThat(installed)
                .contains(
                        "lib/modules/" + kernel.version() + "/updates/killswitch.ko",
                        usr + "/bin/killswitch",
                        "usr/sbin/ks-bpf-load",
                        usr + "/lib/killswitch/bin/killswitch",
                        usr + "/lib/killswitch/bin/ks-door",
                        usr + "/lib/systemd/system/killswitch.service",
                        usr + "/lib/systemd/system/killswitch-agent.service",
                        usr + "/sbin/killswitch-agent",
                        usr + "/sbin/killswitch-fleet",
                        usr + "/share/doc/killswitch-fleet/examples/nats-server.conf",
                        usr + "/share/man/man8/killswitch-agent.8",
                        usr + "/lib/systemd/system/killswitch-good.timer",
                        usr + "/lib/systemd/system/killswitch-ended.timer",
                        usr + "/lib/systemd/system/killswitch-metrics.timer",
                        usr + "/share/man/man8/killswitch.8",
                        usr + "/share/man/man8/killswitch-engage.8",
                        usr + "/share/man/man8/ks-bpf-load.8",
                        usr + "/share/man/man7/killswitch-guards.7",
                        usr + "/share/bash-completion/completions/killswitch",
                        usr + "/share/zsh/" + zsh + "/_killswitch",
                        usr + "/share/doc/killswitch/install.md",
                        usr + "/share/doc/killswitch/guards.md",
                        usr + "/share/doc/killswitch/policy.md",
                        usr + "/share/doc/killswitch/examples/prometheus/killswitch.rules.yml",
                        usr + "/share/doc/killswitch/examples/motd/60-killswitch",
                        usr + "/share/doc/killswitch/examples/modprobe.d/killswitch.conf.example",
                        usr + "/share/doc/killswitch/examples/modules-load.d/killswitch.conf.example")
                .noneMatch(f -> f.contains("test_killswitch"))
                // depmod has not run
                .noneMatch(f -> f.contains("modules.dep"));
        assertThat(Project.run(List.of(root + prefix + "/bin/killswitch", "--version")))
                .isEqualTo("killswitch " + Project.version() + "\n");
        assertThat(Files.readString(root.resolve(usr + "/lib/systemd/system/killswitch-good.service")))
                .contains("ExecStart=" + prefix + "/bin/killswitch boot --good\n");

        // a second time over the first
        Project.run(make("install", "DESTDIR=" + root, "PREFIX=" + prefix));
        Project.run(make("uninstall", "DESTDIR=" + root, "PREFIX=" + prefix));
        assertThat(files(root)).isEqualTo(before);
        Project.run(make("uninstall", "DESTDIR=" + root, "PREFIX=" + prefix));
    }

    @Test
    void theTestsModuleIsInstalledOnlyWhereAskedFor(@TempDir Path root) throws IOException {
        Project.run(make("install-module", "DESTDIR=" + root, "TEST_MODULE=y"));
        String updates = "lib/modules/" + kernel.version() + "/updates/";
        assertThat(files(root)).containsExactly(updates + "killswitch.ko", updates + "test_killswitch.ko");
        Project.run(make("uninstall", "DESTDIR=" + root));
        assertThat(files(root)).isEmpty();
    }

    /** The service loads from wherever the module gets to: as "make install" and as dkms put it. */
    @Test
    void theServiceLooksWhereTheModuleIs(@TempDir Path root) throws IOException {
        List<PathMatcher> looked =
                Files.readAllLines(Project.ROOT.resolve("packaging/systemd/killswitch.service")).stream()
                        .filter(l -> l.startsWith("ConditionPathExistsGlob=|"))
                        .map(l -> l.substring(l.indexOf('|') + 1).replace("%v", kernel.version()))
                        .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
                        .toList();
        Project.run(make("install-module", "DESTDIR=" + root));
        assertThat(files(root)).hasSize(1);
        Path installed = Path.of("/" + files(root).iterator().next());
        String dkms = Files.readAllLines(Project.ROOT.resolve("dkms.conf")).stream()
                .filter(l -> l.startsWith("DEST_MODULE_LOCATION[0]="))
                .map(l -> l.replaceAll(".*=|\"", ""))
                .findFirst()
                .orElseThrow();
        for (Path module : List.of(
                installed,
                Path.of("/lib/modules/" + kernel.version() + dkms + "/killswitch.ko"),
                Path.of("/lib/modules/" + kernel.version() + dkms + "/killswitch.ko.xz"))) {
            assertThat(looked).as(module.toString()).anyMatch(matcher -> matcher.matches(module));
        }
    }

    @Test
    void headersThatAreMissing() {
        assertThat(complaint("modules", "KDIR=/nowhere")).contains("/nowhere", "install the linux-headers package");
    }

    @Test
    void headersOfTheRunningKernelThatAreMissing(@TempDir Path programs) throws IOException {
        Path uname = Files.writeString(programs.resolve("uname"), "#!/bin/sh\necho 9.9.9-nowhere\n");
        Files.setPosixFilePermissions(uname, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> command = new ArrayList<>(List.of("env", "PATH=" + programs + ":" + System.getenv("PATH")));
        command.addAll(make("modules"));
        assertThat(onlyLine(Project.tryRun(command))).contains("install linux-headers-9.9.9-nowhere");
    }

    @ParameterizedTest
    @CsvSource({
        "CC = $(CROSS_COMPILE)gcc-99,, gcc-99",
        "CC = $(CROSS_COMPILE)gcc-99, nosuch-linux-gnu-, gcc-99-nosuch-linux-gnu",
        "'',                          nosuch_cpu-linux-gnu-, gcc-nosuch-cpu-linux-gnu",
    })
    void aCompilerThatIsMissing(String variables, String cross, String wanted, @TempDir Path kdir) throws IOException {
        Files.createFile(kdir.resolve("Makefile"));
        if (!variables.isEmpty()) {
            Files.writeString(kdir.resolve(".kernelvariables"), variables + "\n");
        }
        assertThat(complaint("modules", "KDIR=" + kdir, "CROSS_COMPILE=" + (cross == null ? "" : cross)))
                .contains("install " + wanted + ".");
    }

    @ParameterizedTest
    @CsvSource({
        "userland,  mvn,               maven",
        "selftests, cc,                gcc",
        "install,   depmod,            kmod",
        "deb,       dpkg-buildpackage, dpkg-dev",
        "deb,       dh,                debhelper",
        "deb,       dh_dkms,           dh-dkms",
        "rpm,       rpmbuild,          rpm-build (Debian: rpm)",
    })
    void aToolThatIsMissing(String target, String tool, String wanted) {
        String hide = """
                for directory in $(echo $PATH:/usr/sbin:/sbin | tr : ' '); do
                    path=$(readlink -f $directory/%s) && [ -x "$path" ] && mount --bind /dev/null "$path"
                done || true
                """.formatted(tool);
        assertThat(without(hide, target)).contains("install " + wanted + ".");
    }

    @Test
    void aJdkThatIsMissing() {
        String hide = "unset JAVA_HOME\n"
                + "while home=$(script/find-jdk); do mount --bind /dev/null $(readlink -f $home/bin/javac); done";
        assertThat(without(hide, "userland")).contains("install openjdk-25-jdk-headless");
    }

    /** Runs make where a script has hidden programs, behind what cannot be executed. */
    private static String without(String hide, String target) {
        PrivateMounts.assumeAllowed();
        return onlyLine(PrivateMounts.run(
                tree,
                hide + "\nexec make --no-print-directory "
                        + (target.equals("userland") ? "--always-make " : "") + target
                        + " DESTDIR=/nowhere PACKAGES=/nowhere"));
    }

    private static String complaint(String... arguments) {
        return onlyLine(Project.tryRun(make(arguments)));
    }

    private static String onlyLine(Output output) {
        assertThat(output.status()).as(output.output()).isNotZero();
        assertThat(output.output()).hasLineCount(1);
        return output.output();
    }

    private static Set<String> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(f -> !Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS))
                    .map(f -> root.relativize(f).toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
