// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Output;

/**
 * Kernels that Debian does not have: with interfaces of another version than theirs, built by other compilers, or without
 * what killswitch needs. Copies of stock headers stand for them.
 */
final class OtherKernelsTest {

    /** Those of the selftests that the differences between kernels have to do with. */
    private static final String CORE = "files engage_and_disengage hits_are_exact retval_is_live probe_commits"
            + " waits_for_its_module survives_its_module unknown_function ambiguous_name module_qualified_name"
            + " unsuitable_function ftrace_stays_on function_without_ftrace_site";

    @TempDir
    private Path folder;

    /** JUnit warns of each link that leads out of the folder. */
    @AfterEach
    void deleteCopies() {
        Project.run(List.of("sh", "-c", "rm -rf \"$0\"/*", folder.toString()));
    }

    /** RHEL calls kernels 5.14 that have interfaces of 6.x. */
    @Test
    void headersWhoseVersionLiesBuildTheSameModule() throws IOException {
        buildTheSameModule("6.12", 5, 14);
    }

    @ParameterizedTest
    @CsvSource({"6.1, 5, 14", "5.10, 6, 6"})
    @OnlyInMatrix
    void soDoThoseOfOthers(String series, int version, int patchlevel) throws IOException {
        buildTheSameModule(series, version, patchlevel);
    }

    private void buildTheSameModule(String series, int version, int patchlevel) throws IOException {
        Kernel kernel = Project.kernel(series);
        Kernel liar = copy(kernel, "as-" + version + "." + patchlevel);
        int code = version << 16 | patchlevel << 8;
        replace(
                liar.headers().resolve("include/generated/uapi/linux/version.h"),
                "(?m)^(#define LINUX_VERSION_CODE) \\d+$",
                "$1 " + code);
        replace(
                Project.sharedHeaders(liar).resolve("Makefile"),
                "(?m)^VERSION = \\d+\nPATCHLEVEL = \\d+$",
                "VERSION = %d\nPATCHLEVEL = %d".formatted(version, patchlevel));

        Path sources = Project.ROOT.resolve("kernel");
        Path modules = Project.LAB.buildModules(liar, sources);
        assertThat(symbols(modules)).isEqualTo(symbols(Project.LAB.buildModules(kernel, sources)));
        try (TestGuest guest = TestGuest.boot(series, modules)) {
            Output tap = guest.sh("cd /selftests && ./killswitch_test.sh " + CORE);
            assertThat(tap.status()).as(tap.output()).isZero();
            assertThat(tap.output()).contains("ok 1 ").doesNotContain("not ok");
            assertGuards(guest);
            assertTraced(guest);
        }
    }

    private static void assertGuards(TestGuest guest) {
        Scripts.require("a guard", guest.sh("mount -t bpf bpf /sys/fs/bpf; bpf_guard /sys/fs/bpf/guard args 1=1"));
        assertThat(guest.control("engageif ks_test_vuln -13 /sys/fs/bpf/guard")).startsWith("ok");
        assertThat(guest.fire(1)).isEqualTo("EACCES");
        assertThat(guest.fire(2)).isEqualTo("ok 1");
        assertThat(guest.control("disengage ks_test_vuln")).startsWith("ok");
    }

    private static void assertTraced(TestGuest guest) {
        String tracing = "/sys/kernel/debug/tracing/";
        guest.sh("echo 1 > " + tracing + "events/killswitch/enable");
        assertThat(guest.control("engage ks_test_vuln -1")).startsWith("ok");
        assertThat(guest.fire(1)).isEqualTo("EPERM");
        guest.sh("echo 0 > " + tracing + "events/killswitch/enable");
        assertThat(guest.sh("cat " + tracing + "trace").output())
                .containsPattern("killswitch_hit: symbol=ks_test_vuln retval=-1 uid=0 state=overridden\n");
        assertThat(guest.control("disengage ks_test_vuln")).startsWith("ok");
    }

    /** Each symbol of the module, with its address in it: the code in between is as long. */
    private static String symbols(Path modules) {
        return Project.run(List.of("nm", modules.resolve("killswitch.ko").toString()));
    }

    @Test
    void whatAKernelLacksIsNamedInOneLine() throws IOException {
        Kernel poor = copy(Project.kernel("6.12"), "poor");
        replace(
                Project.sharedHeaders(poor).resolve("include/linux/ftrace.h"),
                "\\bFTRACE_OPS_FL_PERMANENT\\b",
                "FTRACE_OPS_FL_OTHER");
        replace(poor.headers().resolve("include/config/auto.conf"), "(?m)^CONFIG_SECURITYFS=y\n", "");
        String lacks = "this kernel lacks CONFIG_SECURITYFS, FTRACE_OPS_FL_PERMANENT (Linux 5.5)";

        Path tree = tree();
        assertThat(refusal(tree, poor)).contains("modules: " + lacks + ".");
        // and where make is called by other means
        assertThat(Project.tryRun(List.of(
                                "make", "-C", poor.headers().toString(), "M=" + tree.resolve("kernel"), "modules"))
                        .output())
                .contains("killswitch: " + lacks + "\n");
    }

    @Test
    void anArchitectureThatItIsNotForIsNamedInOneLine() throws IOException {
        Path tree = tree();
        Project.run(List.of("rm", "-r", tree.resolve("kernel/arch/arm64").toString()));
        Kernel kernel = Project.kernel("6.12-arm64");
        assertThat(refusal(tree, kernel, "ARCH=arm64", "CROSS_COMPILE=aarch64-linux-gnu-"))
                .contains("modules: this kernel is for arm64, and killswitch for riscv, x86 with 64 bits.");
    }

    /** What make needs to build the modules. */
    private Path tree() throws IOException {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        for (String part : List.of("Makefile", "kernel", "script")) {
            Project.run(List.of("cp", "-r", Project.ROOT.resolve(part).toString(), tree.toString()));
        }
        return tree;
    }

    /** The one line that make says where it does not build them. */
    private static String refusal(Path tree, Kernel kernel, String... options) {
        List<String> command =
                new ArrayList<>(List.of("make", "-C", tree.toString(), "modules", "KDIR=" + kernel.headers()));
        command.addAll(List.of(options));
        Output make = Project.tryRun(command);
        assertThat(make.status()).isNotZero();
        List<String> said = make.output()
                .lines()
                .filter(l -> !l.matches("make: (Entering|Leaving) directory .*"))
                .toList();
        assertThat(said).hasSize(1);
        return said.getFirst();
    }

    /** Before Linux 5.12, and 5.10.220, nothing but this lock keeps a module while its symbols are walked. */
    @Test
    void theLockOfTheModulesIsTakenWhereItIsExported() throws IOException {
        Kernel kernel = Project.kernel("5.10");
        Kernel old = copy(kernel, "old");
        Path exports = old.headers().resolve("Module.symvers");
        Files.writeString(
                exports, Files.readString(exports) + "0x3df2cd1f\tmodule_mutex\tvmlinux\tEXPORT_SYMBOL_GPL\t\n");
        Path sources = Project.ROOT.resolve("kernel");
        assertThat(symbols(Project.LAB.buildModules(old, sources))).containsPattern("U module_mutex\n");
        assertThat(symbols(Project.LAB.buildModules(kernel, sources))).doesNotContain("module_mutex");
    }

    /**
     * The functions that ftrace redirects: what they return is looked at, though a compiler could see that it is always
     * the same, and they are called with all their arguments.
     */
    @Test
    void clangLooksAtWhatFtraceMakesOfAFunction() throws IOException {
        Kernel kernel = Project.kernel("6.12");
        Path sources = folder.resolve("kernel");
        Project.run(List.of("cp", "-r", Project.ROOT.resolve("kernel").toString(), sources.toString()));
        Project.run(List.of("make", "-C", kernel.headers().toString(), "M=" + sources, "KS_ASK=y", "modules"));

        String[] functions = Project.run(clang(kernel, sources)).split("(?m)^define ", -1);
        List<String> called = new ArrayList<>();
        for (String function : functions) {
            Pattern call = Pattern.compile(
                    "(%\\d+) = (?:tail )?call [^@]*@(ks_(?:vmlinux_symbols|module_symbols|is_kernel_text|module_of))\\((.*)\\)");
            for (MatchResult m : call.matcher(function).results().toList()) {
                called.add(m.group(2));
                assertThat(m.group(3)).as(m.group()).doesNotContainPattern("\\b(undef|poison)\\b");
                assertThat(Pattern.compile(m.group(1) + "\\b").matcher(function).results())
                        .as(m.group() + "\nin " + function)
                        .hasSizeGreaterThan(1);
            }
        }
        assertThat(called).contains("ks_vmlinux_symbols", "ks_module_symbols", "ks_is_kernel_text", "ks_module_of");
    }

    /** What the kernel's makefiles would have clang do, as far as it matters, on headers that are for gcc. */
    private static List<String> clang(Kernel kernel, Path sources) {
        Path built = kernel.headers();
        Path common = Project.sharedHeaders(kernel);
        List<String> command = new ArrayList<>(List.of(
                "clang",
                "-O2",
                "-S",
                "-emit-llvm",
                "-w",
                "-o",
                "-",
                "-std=gnu11",
                "-fshort-wchar",
                "-fno-strict-aliasing",
                "-mcmodel=kernel",
                "-mno-sse",
                "-pg",
                "-mfentry",
                "-nostdinc"));
        for (String define : List.of(
                "__KERNEL__",
                "MODULE",
                "CC_USING_FENTRY",
                "KBUILD_MODNAME=\"killswitch\"",
                "KBUILD_BASENAME=\"symbol\"")) {
            command.add("-D" + define);
        }
        for (String include : List.of("arch/x86/include", "include", "arch/x86/include/uapi", "include/uapi")) {
            command.add("-I" + common.resolve(include));
            command.add("-I" + built.resolve(include.replaceFirst("(x86/include)", "$1/generated")));
        }
        for (String file : List.of("compiler-version.h", "kconfig.h", "compiler_types.h")) {
            command.addAll(
                    List.of("-include", common.resolve("include/linux/" + file).toString()));
        }
        command.addAll(List.of("-I" + sources, "-I" + sources.resolve("arch/x86")));
        command.add(sources.resolve("symbol.c").toString());
        return command;
    }

    /** A compiler is the name of a program, and the version that it says it is. */
    @ParameterizedTest
    @CsvSource({
        "clang 18 lld, clang=18 ld.lld llvm-objcopy,                            LLVM=1",
        // it does it, too
        "clang 18 lld, clang=14 ld.lld llvm-objcopy,                            LLVM=1",
        "clang 18 lld, clang=14 clang-18=18 ld.lld-18 llvm-objcopy-18,          LLVM=1 CC=clang-18 LD=ld.lld-18 AR=llvm-ar-18"
                + " NM=llvm-nm-18 STRIP=llvm-strip-18 OBJCOPY=llvm-objcopy-18 OBJDUMP=llvm-objdump-18 READELF=llvm-readelf-18",
        "clang 18 lld, gcc=12,                                                  no clang-18 on the PATH: install clang-18 lld-18 llvm-18",
        "clang 18 lld, clang=18 llvm-objcopy,                                   no ld.lld on the PATH: install clang-18 lld-18 llvm-18",
        "clang 18 bfd, clang-18=18,                                             CC=clang-18",
        "clang 18 bfd, gcc=12,                                                  no clang-18 on the PATH: install clang-18",
        "gcc 13 bfd,   gcc=13,                                                  ''",
        "gcc 13 bfd,   gcc=12 gcc-13=13,                                        CC=gcc-13",
        "gcc 13 bfd,   gcc=12,                                                  ''",
        "gcc 13 bfd,   clang=14,                                                no gcc on the PATH: install gcc",
    })
    void theCompilerIsTheKernelsOwn(String kernel, String programs, String words) throws IOException {
        String[] built = kernel.split(" ", -1);
        Path kdir = folder.resolve("kdir");
        Files.createDirectories(kdir.resolve("include/config"));
        Files.writeString(
                kdir.resolve("include/config/auto.conf"),
                built[0].equals("gcc")
                        ? "CONFIG_CC_IS_GCC=y\nCONFIG_GCC_VERSION=" + built[1] + "0201\nCONFIG_CLANG_VERSION=0\n"
                        : "CONFIG_CC_IS_CLANG=y\nCONFIG_GCC_VERSION=0\nCONFIG_CLANG_VERSION=" + built[1] + "0108\n"
                                + (built[2].equals("lld") ? "CONFIG_LD_IS_LLD=y\n" : ""));
        Path path = Files.createDirectory(folder.resolve("bin"));
        for (String tool : List.of("dirname", "sed", "tr", "uname")) {
            Files.createSymbolicLink(
                    path.resolve(tool), Path.of("/usr/bin", tool).toRealPath());
        }
        for (String program : programs.split(" ", -1)) {
            Path file = path.resolve(program.replaceFirst("=.*", ""));
            Files.writeString(file, "#!/bin/sh\necho " + program.replaceFirst(".*=", "") + "\n");
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }
        Output output = script(path, "kernel-compiler", kdir.toString());
        assertThat(output.output()).isEqualTo(words + "\n");
        assertThat(output.status()).isEqualTo(words.startsWith("no ") ? 1 : 0);
        if (output.status() != 0) {
            Files.createFile(kdir.resolve("Makefile"));
            assertThat(script(path, "lacking", "modules", kdir.toString(), "").output())
                    .isEqualTo("modules: " + words + "\n");
        }
    }

    private static Output script(Path path, String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of("/usr/bin/env", "PATH=" + path));
        command.add(Project.ROOT.resolve("script/" + name).toString());
        command.addAll(List.of(arguments));
        return Project.tryRun(command);
    }

    /** A kernel whose headers are a copy, to be changed; its image and modules are the original's. */
    private Kernel copy(Kernel kernel, String name) throws IOException {
        Path root = folder.resolve(kernel.root().getFileName() + "-" + name);
        Kernel copy = new Kernel(kernel.release(), kernel.packageVersion(), kernel.version(), root);
        Files.createDirectories(root.resolve("usr"));
        for (String same : List.of("boot", "lib", "usr/lib")) {
            Files.createSymbolicLink(root.resolve(same), kernel.root().resolve(same));
        }
        Project.run(List.of(
                "cp",
                "-a",
                kernel.root().resolve("usr/src").toString(),
                root.resolve("usr").toString()));
        replace(copy.headers().resolve("Makefile"), Pattern.quote(kernel.root().toString()), root.toString());
        return copy;
    }

    /** Replaces what has to be there. */
    private static void replace(Path file, String regex, String replacement) throws IOException {
        String text = Files.readString(file);
        String replaced = text.replaceAll(regex, replacement);
        assertThat(replaced).as(file.toString()).isNotEqualTo(text);
        Files.writeString(file, replaced);
    }
}
