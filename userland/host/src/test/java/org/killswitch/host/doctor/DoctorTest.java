// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.killswitch.host.doctor.Finding.Verdict.NOTE;
import static org.killswitch.host.doctor.Finding.Verdict.OK;
import static org.killswitch.host.doctor.Finding.Verdict.PROBLEM;
import static org.killswitch.host.doctor.Finding.Verdict.UNKNOWN;
import static org.killswitch.host.doctor.Finding.Verdict.WARNING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.killswitch.host.Programs;
import org.killswitch.host.SystemFiles;

final class DoctorTest {
    private static final String RELEASE = "6.1.0-56-amd64";
    private static final String CONFIG = """
            CONFIG_CC_VERSION_TEXT="gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0"
            CONFIG_MODULES=y
            CONFIG_KALLSYMS=y
            CONFIG_KALLSYMS_ALL=y
            CONFIG_KPROBES=y
            CONFIG_FUNCTION_TRACER=y
            CONFIG_DYNAMIC_FTRACE=y
            CONFIG_DYNAMIC_FTRACE_WITH_ARGS=y
            CONFIG_SECURITY=y
            CONFIG_SECURITYFS=y
            CONFIG_BPF_SYSCALL=y
            CONFIG_BPF_EVENTS=y
            # CONFIG_BPF_KPROBE_OVERRIDE is not set
            """;

    @TempDir
    private Path root;

    private String architecture = "amd64";

    /** A stock Debian host, root's view, with the module loaded and nothing engaged. */
    @BeforeEach
    void healthyHost() throws IOException {
        write("/proc/sys/kernel/osrelease", RELEASE + "\n");
        write("/proc/sys/kernel/ftrace_enabled", "1\n");
        write("/proc/sys/kernel/tainted", "0\n");
        write("/proc/cmdline", "quiet\n");
        write("/proc/self/loginuid", "1000");
        write("/proc/self/uid_map", "         0          0 4294967295\n");
        write("/proc/self/status", "Name:\tjava\nCapEff:\t000001ffffffffff\n");
        write("/proc/mounts", """
                securityfs /sys/kernel/security securityfs rw 0 0
                bpf /sys/fs/bpf bpf rw 0 0
                cgroup2 /sys/fs/cgroup cgroup2 rw 0 0
                proc /proc proc rw 0 0
                """);
        write("/boot/config-" + RELEASE, CONFIG);
        write("/etc/os-release", "NAME=\"Debian GNU/Linux\"\nID=debian\n");
        write("/var/lib/dpkg/info/linux-image-" + RELEASE + ".list", "");
        write("/proc/sys/kernel/dmesg_restrict", "1\n");
        write("/usr/sbin/ks-bpf-load", "");
        Files.createDirectories(root.resolve("sys/fs/bpf"));
        Files.setAttribute(root.resolve("sys/fs/bpf"), "unix:mode", 0700);
        write("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
        write("/sys/kernel/security/killswitch/engaged", "");
        write("/sys/module/killswitch/version", "0.1.0\n");
        write("/sys/module/module/parameters/sig_enforce", "N\n");
        write("/sys/kernel/debug/kprobes/enabled", "1\n");
        write("/sys/kernel/tracing/enabled_functions", "");
        write("/sys/kernel/btf/vmlinux", "");
        write("/lib/modules/" + RELEASE + "/build/Makefile", "");
        write("/usr/lib/x86_64-linux-gnu/libbpf.so.1.1.2", "");
        write("/usr/bin/gcc-12", "");
        assertThat(root.resolve("usr/bin/gcc-12").toFile().setExecutable(true)).isTrue();
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file.substring(1));
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private void delete(String file) throws IOException {
        Files.delete(root.resolve(file.substring(1)));
    }

    private Finding finding(String id) {
        return examine().stream().filter(f -> f.id().equals(id)).findFirst().orElseThrow();
    }

    private List<Finding> examine() {
        return Doctor.examine(HostFacts.of(
                new SystemFiles(root), architecture, "0.1.0", new Programs(List.of(root.resolve("usr/bin")))));
    }

    private void unload() throws IOException {
        delete("/sys/module/killswitch/version");
        delete("/sys/module/killswitch");
    }

    @Test
    void aHealthyHostHasNothingToFix() {
        assertThat(examine())
                .filteredOn(f -> !f.id().equals("engagebpf"))
                .allSatisfy(f -> assertThat(f.verdict()).as(f.toString()).isEqualTo(OK))
                .allSatisfy(f -> assertThat(f.fix()).isEmpty());
        assertThat(finding("engagebpf").verdict()).isEqualTo(NOTE);
        assertThat(finding("engagebpf").found()).contains("CONFIG_BPF_KPROBE_OVERRIDE");
    }

    @Test
    void anEmptyHostIsExaminedToo() throws IOException {
        root = Files.createDirectories(root.resolve("empty"));
        assertThat(examine()).hasSize(27).allSatisfy(f -> {
            assertThat(f.found()).isNotBlank().doesNotContain("\n");
            assertThat(f.fix()).doesNotContain("\n");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "5.9.16, amd64, PROBLEM",
        "5.10.0-46-amd64, amd64, OK",
        "7.3.4+deb13-arm64, aarch64, OK",
        "6.1.0, riscv64, PROBLEM",
        "6.12.117+deb13-riscv64, riscv64, OK",
        "6.12.117+deb13-powerpc64le, ppc64le, PROBLEM",
        "'', amd64, UNKNOWN",
        "rubbish, amd64, UNKNOWN"
    })
    void kernel(String release, String arch, Finding.Verdict verdict) throws IOException {
        write("/proc/sys/kernel/osrelease", release);
        architecture = arch;
        assertThat(finding("kernel").verdict()).isEqualTo(verdict);
    }

    @Test
    void aConfigurationThatLacksSomethingIsAProblem() throws IOException {
        write(
                "/boot/config-" + RELEASE,
                CONFIG.replace("CONFIG_KPROBES=y", "# CONFIG_KPROBES is not set")
                        .replace("CONFIG_DYNAMIC_FTRACE_WITH_ARGS=y\n", ""));
        assertThat(finding("config").verdict()).isEqualTo(PROBLEM);
        assertThat(finding("config").found()).contains("CONFIG_KPROBES, CONFIG_DYNAMIC_FTRACE_WITH_REGS");
    }

    @Test
    void withoutAConfigurationWhatDependsOnItIsUnknown() throws IOException {
        delete("/boot/config-" + RELEASE);
        for (String id : List.of("config", "guards", "engagebpf")) {
            assertThat(finding(id).verdict()).as(id).isEqualTo(UNKNOWN);
        }
        assertThat(finding("config").fix()).contains("linux-headers-" + RELEASE);
    }

    @Test
    void theHeadersHaveTheConfigurationToo() throws IOException {
        delete("/boot/config-" + RELEASE);
        write("/lib/modules/" + RELEASE + "/build/.config", CONFIG);
        assertThat(finding("config").verdict()).isEqualTo(OK);
    }

    @Test
    void theModulesStates() throws IOException {
        write("/sys/module/killswitch/version", "0.0.9\n");
        assertThat(finding("module").verdict()).isEqualTo(WARNING);
        assertThat(finding("module").found()).contains("0.0.9").contains("0.1.0");

        unload();
        assertThat(finding("module").verdict()).isEqualTo(WARNING);
        assertThat(finding("module").fix()).contains("killswitch-dkms");

        write(
                "/lib/modules/" + RELEASE + "/modules.dep",
                "kernel/a.ko:\nupdates/dkms/killswitch.ko.xz: kernel/b.ko\nkernel/test_killswitch.ko:\n");
        assertThat(finding("module").verdict()).isEqualTo(NOTE);
        assertThat(finding("module").found()).contains("updates/dkms/killswitch.ko.xz");
    }

    @Test
    void anInstalledKernelWithoutTheModuleIsAWarningBeforeItBoots() throws IOException {
        for (String release : List.of("6.1.0-9-amd64", RELEASE)) {
            write("/boot/vmlinuz-" + release, "");
            write("/lib/modules/" + release + "/modules.dep", "");
        }
        assertThat(finding("next-boot").verdict()).isEqualTo(OK);

        write("/boot/vmlinuz-6.1.0-100-amd64", "");
        write("/lib/modules/6.1.0-100-amd64/modules.dep", "kernel/a.ko:\n");
        assertThat(finding("next-boot").verdict()).isEqualTo(WARNING);
        assertThat(finding("next-boot").found()).startsWith("6.1.0-100-amd64 is installed and does not run yet");

        write("/lib/modules/6.1.0-100-amd64/modules.dep", "updates/dkms/killswitch.ko.zst:\n");
        assertThat(finding("next-boot").verdict()).isEqualTo(OK);
    }

    @Test
    void whatDkmsHasNotBuiltIsAWarning() throws IOException {
        write("/var/lib/dkms/killswitch/0.1.0/source/dkms.conf", "");
        assertThat(finding("dkms").verdict()).isEqualTo(WARNING);
        assertThat(finding("dkms").fix()).startsWith("dkms autoinstall -k " + RELEASE);

        write("/var/lib/dkms/killswitch/0.1.0/" + RELEASE + "/x86_64/module/killswitch.ko", "");
        assertThat(finding("dkms").verdict()).isEqualTo(OK);
    }

    @Test
    void fewPlacesLeftAreAWarning() throws IOException {
        write("/sys/kernel/security/killswitch/engaged", "f retval=-1 hits=0\n".repeat(900));
        assertThat(finding("places").verdict()).isEqualTo(OK);
        write("/sys/kernel/security/killswitch/pending", "m:f retval=-1 module=m\n".repeat(100));
        assertThat(finding("places").verdict()).isEqualTo(WARNING);
        assertThat(finding("places").found()).startsWith("1000 of 1024");
    }

    @Test
    void whatBuildingNeedsIsAProblemOnlyWhereNothingIsBuilt() throws IOException {
        delete("/lib/modules/" + RELEASE + "/build/Makefile");
        delete("/usr/bin/gcc-12");
        assertThat(finding("headers").verdict()).isEqualTo(NOTE);
        assertThat(finding("compiler").verdict()).isEqualTo(NOTE);
        unload();
        assertThat(finding("headers").verdict()).isEqualTo(PROBLEM);
        assertThat(finding("headers").fix()).isEqualTo("apt install linux-headers-" + RELEASE);
        assertThat(finding("compiler").verdict()).isEqualTo(PROBLEM);
        assertThat(finding("compiler").fix()).contains("gcc-12");
    }

    @Test
    void anotherCompilerIsWorthKnowing() throws IOException {
        write(
                "/boot/config-" + RELEASE,
                CONFIG.replace(
                        "gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0",
                        "x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0"));
        write("/usr/bin/gcc", "");
        assertThat(root.resolve("usr/bin/gcc").toFile().setExecutable(true)).isTrue();
        assertThat(finding("compiler").verdict()).isEqualTo(NOTE);
        assertThat(finding("compiler").found()).contains("gcc-14");
    }

    @ParameterizedTest
    @CsvSource({
        "[none] integrity confidentiality, OK",
        "none [integrity] confidentiality, WARNING",
        "none integrity [confidentiality], PROBLEM",
        "rubbish, UNKNOWN"
    })
    void lockdown(String text, Finding.Verdict verdict) throws IOException {
        write("/sys/kernel/security/lockdown", text + "\n");
        assertThat(finding("lockdown").verdict()).isEqualTo(verdict);
    }

    @Test
    void aKernelWithoutLockdownIsFine() throws IOException {
        delete("/sys/kernel/security/lockdown");
        assertThat(finding("lockdown").verdict()).isEqualTo(OK);
        write("/proc/mounts", "proc /proc proc rw 0 0\n");
        assertThat(finding("lockdown").verdict()).isEqualTo(UNKNOWN);
        assertThat(finding("securityfs").verdict()).isEqualTo(PROBLEM);
        assertThat(finding("bpffs").verdict()).isEqualTo(NOTE);
    }

    @Test
    void signaturesMatterUntilTheModuleIsLoaded() throws IOException {
        write("/sys/module/module/parameters/sig_enforce", "Y\n");
        assertThat(finding("signatures").verdict()).isEqualTo(OK);
        unload();
        assertThat(finding("signatures").verdict()).isEqualTo(WARNING);
        write("/sys/module/module/parameters/sig_enforce", "N\n");
        assertThat(finding("signatures").verdict()).isEqualTo(OK);
        write("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
        assertThat(finding("signatures").verdict()).isEqualTo(WARNING);
    }

    @Test
    void secureBoot() throws IOException {
        String file = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
        write(file, "\6\0\0\0\1");
        assertThat(finding("secure-boot").verdict()).isEqualTo(OK);
        unload();
        assertThat(finding("secure-boot").verdict()).isEqualTo(WARNING);
        write(file, "\6\0\0\0\0");
        assertThat(finding("secure-boot").verdict()).isEqualTo(OK);
        write(file, "\6");
        assertThat(finding("secure-boot").verdict()).isEqualTo(UNKNOWN);
        delete(file);
        assertThat(finding("secure-boot").verdict()).isEqualTo(UNKNOWN);
    }

    @Test
    void switches() throws IOException {
        write("/proc/sys/kernel/ftrace_enabled", "0\n");
        assertThat(finding("ftrace").verdict()).isEqualTo(PROBLEM);
        assertThat(finding("ftrace").fix()).isEqualTo("sysctl kernel.ftrace_enabled=1");
        write("/sys/kernel/debug/kprobes/enabled", "0\n");
        assertThat(finding("kprobes").verdict()).isEqualTo(WARNING);
        delete("/sys/kernel/debug/kprobes/enabled");
        assertThat(finding("kprobes").verdict()).isEqualTo(UNKNOWN);
        write("/proc/cmdline", "quiet audit=0\n");
        assertThat(finding("audit").verdict()).isEqualTo(NOTE);
    }

    @Test
    void otherOwnersOfFunctionsAreNamed() throws IOException {
        write("/sys/kernel/security/killswitch/engaged", "ours retval=-1 hits=0\nmod:also_ours retval=-1 hits=0\n");
        write("/sys/kernel/tracing/enabled_functions", """
                ours (1)             I     tramp: 0xffffffffc0205000 (ks_ftrace_hook+0x0/0x40 [killswitch]) ->ftrace_ops_list_func+0x0/0x1
                also_ours [mod] (1)  I     tramp: 0xffffffffc0205000
                ks_is_kernel_text [killswitch] (1) R I     tramp: 0xffffffffc0205000
                traced (1) R           tramp: 0xffffffffc0205000
                theirs (1) R I     tramp: 0xffffffffc0205000
                in_module [ext4] (2) R I D   tramp: 0xffffffffc0205000
                rubbish
                """);
        assertThat(finding("owners").verdict()).isEqualTo(NOTE);
        assertThat(finding("owners").found()).isEqualTo("redirected by others: theirs, in_module of ext4");
        Files.createDirectories(root.resolve("sys/kernel/livepatch/kpatch_1"));
        assertThat(finding("owners").found()).contains("livepatch kpatch_1, theirs");
        delete("/sys/kernel/tracing/enabled_functions");
        assertThat(finding("owners").found()).isEqualTo("redirected by others: livepatch kpatch_1");
        delete("/sys/kernel/livepatch/kpatch_1");
        assertThat(finding("owners").verdict()).isEqualTo(UNKNOWN);
    }

    /** Root sees none of them where tracefs is not mounted: that it is root does not help. */
    @Test
    void ownersCannotBeSeenWithoutTracefs() throws IOException {
        delete("/sys/kernel/tracing/enabled_functions");
        assertThat(finding("owners").found()).contains("tracefs is not mounted");
        assertThat(finding("owners").fix()).isEqualTo("mount -t tracefs tracefs /sys/kernel/tracing");
        // a folder in a file's place can be read by nobody, root included
        Files.createDirectories(root.resolve("sys/kernel/debug/tracing/enabled_functions"));
        assertThat(finding("owners").found()).contains("for root to see");
    }

    @Test
    void aKernelWithoutModulesIsToldSoOnce() throws IOException {
        write("/boot/config-" + RELEASE, CONFIG.replace("CONFIG_MODULES=y", "# CONFIG_MODULES is not set"));
        assertThat(finding("config").verdict()).isEqualTo(PROBLEM);
        assertThat(finding("config").found()).contains("CONFIG_MODULES");
        assertThat(examine())
                .filteredOn(f -> !List.of("kernel", "config", "securityfs", "taint", "privilege")
                        .contains(f.id()))
                .hasSize(22)
                .allSatisfy(f -> assertThat(f.found()).isEqualTo("not checked: this kernel takes no modules"));
    }

    @Test
    void kprobesThatAreNotInTheKernelAreNotMissingForAMount() throws IOException {
        delete("/sys/kernel/debug/kprobes/enabled");
        assertThat(finding("kprobes").fix()).contains("mount -t debugfs");
        write("/boot/config-" + RELEASE, CONFIG.replace("CONFIG_KPROBES=y", "# CONFIG_KPROBES is not set"));
        assertThat(finding("kprobes").verdict()).isEqualTo(WARNING);
        assertThat(finding("kprobes").fix()).contains("CONFIG_KPROBES");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ID=debian                              | apt install linux-headers-6.1.0-56-amd64
            ID=linuxmint;ID_LIKE="ubuntu debian"   | apt install linux-headers-6.1.0-56-amd64
            ID="fedora"                            | dnf install kernel-devel-6.1.0-56-amd64
            ID="rocky";ID_LIKE="rhel centos fedora"| dnf install kernel-devel-6.1.0-56-amd64
            ID="opensuse-leap";ID_LIKE="suse"      | zypper install kernel-devel
            ID=arch                                | pacman -S linux-headers
            ID=gentoo                              | install the headers of kernel 6.1.0-56-amd64
            NAME=rubbish                           | install the headers of kernel 6.1.0-56-amd64
            """)
    void whatIsMissingIsInstalledAsTheDistributionDoes(String release, String fix) throws IOException {
        write("/etc/os-release", release.strip().replace(';', '\n') + "\n");
        delete("/lib/modules/" + RELEASE + "/build/Makefile");
        assertThat(finding("headers").fix()).isEqualTo(fix);
    }

    @Test
    void headersOfAKernelThatIsNoPackageAreInNoArchive() throws IOException {
        delete("/var/lib/dpkg/info/linux-image-" + RELEASE + ".list");
        delete("/lib/modules/" + RELEASE + "/build/Makefile");
        assertThat(finding("headers").fix()).doesNotContain("apt").contains("where it came from");
    }

    @ParameterizedTest
    @CsvSource({"0700, OK", "1777, OK", "0755, OK", "0777, WARNING", "0770, WARNING"})
    void aBpfFileSystemInWhichOthersCouldReplaceAGuard(String mode, Finding.Verdict verdict) throws IOException {
        Files.setAttribute(root.resolve("sys/fs/bpf"), "unix:mode", Integer.parseInt(mode, 8));
        assertThat(finding("bpffs").verdict()).isEqualTo(verdict);
    }

    @Test
    void theLogIsForRootUnlessTheKernelSaysOtherwise() throws IOException {
        write("/proc/self/status", "CapEff:\t0000000000000000\n");
        assertThat(finding("log").verdict()).isEqualTo(NOTE);
        write("/proc/sys/kernel/dmesg_restrict", "0\n");
        assertThat(finding("log").verdict()).isEqualTo(OK);
    }

    @Test
    void theLoaderAndControlGroupsAreWorthKnowing() throws IOException {
        delete("/usr/sbin/ks-bpf-load");
        assertThat(finding("loader").verdict()).isEqualTo(NOTE);
        write("/proc/mounts", "cgroup /sys/fs/cgroup/memory cgroup rw 0 0\n");
        assertThat(finding("cgroup").verdict()).isEqualTo(NOTE);
    }

    @Test
    void symbolsThatAreFunctionsOnlyAreWorthKnowing() throws IOException {
        assertThat(finding("symbols").verdict()).isEqualTo(OK);
        write("/boot/config-" + RELEASE, CONFIG.replace("CONFIG_KALLSYMS_ALL=y", "# CONFIG_KALLSYMS_ALL is not set"));
        assertThat(finding("symbols").verdict()).isEqualTo(NOTE);
        assertThat(finding("config").verdict()).isEqualTo(OK);
        delete("/boot/config-" + RELEASE);
        assertThat(finding("symbols").verdict()).isEqualTo(UNKNOWN);
    }

    @Test
    void whatGuardsNeed() throws IOException {
        delete("/usr/lib/x86_64-linux-gnu/libbpf.so.1.1.2");
        write("/usr/lib/x86_64-linux-gnu/libbpf.so.0", "");
        assertThat(finding("libbpf").verdict()).isEqualTo(NOTE);
        delete("/sys/kernel/btf/vmlinux");
        assertThat(finding("btf").verdict()).isEqualTo(WARNING);
    }

    @Test
    void taintsAreSpelledOut() throws IOException {
        write("/proc/sys/kernel/tainted", "12288\n");
        assertThat(finding("taint").found()).startsWith("12288 = OE (O:");
        write("/proc/sys/kernel/tainted", "99999999999999999999\n");
        assertThat(finding("taint").verdict()).isEqualTo(UNKNOWN);
    }

    @Test
    void privilege() throws IOException {
        write("/proc/self/status", "CapEff:\t0000000000000000\n");
        assertThat(finding("privilege").found()).isEqualTo("not root");
        write("/proc/self/status", "CapEff:\t000001ffffffffff\n");
        write("/proc/self/uid_map", "         0     100000      65536\n");
        assertThat(finding("privilege").found()).contains("user namespace");
    }

    @Test
    void everyCheckIsDocumented() throws IOException {
        Path docs = Path.of("../../docs/doctor.md");
        List<String> documented = Files.readAllLines(docs).stream()
                .filter(l -> l.startsWith("| `"))
                .map(l -> l.replaceFirst("^\\| `([^`]*)`.*", "$1"))
                .toList();
        assertThat(examine().stream().map(Finding::id)).containsExactlyElementsOf(documented);
    }
}
