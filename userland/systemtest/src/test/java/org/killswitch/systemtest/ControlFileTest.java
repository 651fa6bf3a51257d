// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SPEC section 2: the commands, their errors, the files. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class ControlFileTest extends SharedGuest {

    private static final String LONG_MIN = "-9223372036854775808";
    private static final String LONG_MAX = "9223372036854775807";

    ControlFileTest(String kernel) {
        super(kernel);
    }

    @AfterEach
    void disengageAll() {
        assertThat(control("disengage_all")).isEqualTo("ok 13");
    }

    private static Stream<Arguments> refused() {
        return Stream.of(
                        refusedWith(
                                "EINVAL",
                                "",
                                " ",
                                "\n",
                                "\t \n",
                                "bogus",
                                "ENGAGE ks_test_vuln -1",
                                "engag ks_test_vuln -1",
                                "engage",
                                "engage ks_test_vuln",
                                "engage ks_test_vuln -1 2",
                                "engage ks_test_vuln -1 2 3 4 5",
                                "engage ks_test_vuln x",
                                "engage ks_test_vuln 0x",
                                "engage ks_test_vuln 1x",
                                "engage ks_test_vuln --1",
                                "engage ks_test_vuln +-1",
                                "engage ks_test_vuln - 1",
                                "engage ks_test_vuln -",
                                "engage ks_test_vuln 1.0",
                                "engage ks_test_vuln 1e3",
                                "engage ks_test_vuln 08",
                                "engage ks_test_vuln 0b1",
                                "engage ks_test_vuln -EPERM",
                                "engage ks_test_vuln+0x10 -1",
                                "engage ks_test_vuln+0 -1",
                                "engage ks_test_vuln-1 -1",
                                "engage 0xffffffff81000000 -1",
                                "engage * -1",
                                "engage :ks_test_vuln -1",
                                "engage test_killswitch: -1",
                                "engage a:b:ks_test_vuln -1",
                                "engage ks_test_vuln;ls -1",
                                "engage ks_test_vuln\n-1",
                                "engage ks_test_vuln -1\nengage esp_input -1",
                                "engage ks_test_vuln\u000b-1",
                                "engage ks_t\u00e9st -1",
                                "engage ks_test_vuln -1\0",
                                "engage ks_test\0vuln -1",
                                "\0",
                                "tryengage ks_test_vuln -1",
                                "tryengage ks_test_vuln -1 5 6",
                                "tryengage ks_test_vuln -1 -1",
                                "tryengage ks_test_vuln -1 86401",
                                "tryengage ks_test_vuln -1 99999999999999999999",
                                "tryengage ks_test_vuln -1 1.5",
                                "tryengage ks_test_vuln -1 5s",
                                "tryengage ks_test_vuln x 5",
                                "disengage",
                                "disengage ks_other_vuln ks_test_vuln",
                                "disengage ks_test_vuln+4",
                                "disengage_all now",
                                // the kprobe layer's own word: init code, a blacklisted function
                                "engage start_kernel -1",
                                "engage get_kprobe -1",
                                // killswitch does not cut off its own control
                                "engage ks_engage -1",
                                // nothing pinned there
                                "engageif ks_test_vuln -1 /sys/fs/bpf/x",
                                "engagefor ks_test_vuln -1",
                                "engagefor ks_test_vuln -1 0",
                                "engagefor ks_test_vuln -1 86401",
                                "engagefor ks_test_vuln -1 5s",
                                "engagefor ks_test_vuln -1 5 6",
                                "engagefor ks_test_vuln x 5",
                                "engagefor ks_test_vuln+4 -1 5",
                                "keep",
                                "keep cmdline_proc_show",
                                "keep ks_test_vuln now",
                                "seal now",
                                "engage ks_test_vuln -1" + " ".repeat(4096 + 1 - "engage ks_test_vuln -1".length())),
                        refusedWith(
                                "ERANGE",
                                "engage ks_test_vuln 9223372036854775808",
                                "engage ks_test_vuln -9223372036854775809",
                                "engage ks_test_vuln 0x8000000000000000",
                                "engage ks_test_vuln 0xffffffffffffffff",
                                "engage ks_test_vuln -0x8000000000000001",
                                "engage ks_test_vuln 99999999999999999999999999",
                                "tryengage ks_test_vuln 9223372036854775808 5"),
                        refusedWith(
                                "ENOENT",
                                "engage ks_no_such_function -1",
                                "engage ks_test_vul -1",
                                "engage ks_test_vuln.isra.0 -1",
                                "engage vmlinux:ks_test_vuln -1",
                                "engage test_killswitch:ks_no_such_function -1",
                                "engage ks_test_vuln.cold -1",
                                "engage __pfx_ks_test_vuln -1",
                                "engage " + "a".repeat(600) + " -1",
                                "engage " + "m".repeat(300) + ":ks_test_vuln -1",
                                "tryengage ks_no_such_function -1 5",
                                // a probe of what is not there would commit without having seen anything
                                "tryengage no_such_module:ks_test_vuln -1 5",
                                "engagefor ks_no_such_function -1 5",
                                "keep ks_no_such_function",
                                "keep ks_test_vuln",
                                "disengage ks_no_such_function",
                                "disengage ks_test_vuln"),
                        refusedWith(
                                "EBUSY",
                                "engage cmdline_proc_show -5",
                                "engage vmlinux:cmdline_proc_show -5",
                                "tryengage cmdline_proc_show -5 5",
                                "engagefor cmdline_proc_show -5 5"),
                        // seven static functions of 6.1 and eight of 6.12
                        refusedWith("EADDRNOTAVAIL", "engage init_once -1", "tryengage init_once -1 5"))
                .flatMap(s -> s);
    }

    private static Stream<Arguments> refusedWith(String errno, String... commands) {
        return Stream.of(commands).map(c -> Arguments.of(errno, printable(c), c));
    }

    /** A test's name: what cannot be printed escaped, what is long cut. */
    private static String printable(String command) {
        String s = command.replace("\n", "\\n").replace("\t", "\\t").replace("\0", "\\0");
        return s.length() <= 60 ? s : s.substring(0, 50) + "... (" + command.length() + " bytes)";
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("refused")
    void refusesAndLeavesEverythingAsItWas(String errno, String name, String command) {
        assertThat(control("engage cmdline_proc_show -5")).startsWith("ok");
        String before = read("engaged");
        String files = sh("ls -R " + ROOT).output();

        assertThat(write("control", command.getBytes(StandardCharsets.UTF_8))).isEqualTo(errno);

        assertThat(read("engaged")).isEqualTo(before).isEqualTo("cmdline_proc_show retval=-5 hits=0\n");
        assertThat(sh("ls -R " + ROOT).output()).isEqualTo(files);
        assertThat(fire(1)).isEqualTo("ok 1");
    }

    @Test
    void aVariableIsNoFunction() {
        assertThat(control("engage init_task -1")).isEqualTo(features.variablesHaveSymbols() ? "EINVAL" : "ENOENT");
        assertThat(read("engaged")).isEmpty();
    }

    @Test
    void namesTheNumberOfFunctionsThatShareAName() {
        int count = Integer.parseInt(sh("awk '$2 ~ /[tT]/ && $3 == \"init_once\"' /proc/kallsyms | wc -l")
                .output()
                .strip());
        assertThat(count).isGreaterThan(1);
        control("engage init_once -1");
        assertThat(log())
                .anyMatch(l -> l.startsWith(
                        "init_once: " + count + " functions have this name; qualify it as <module>:<symbol>"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "engage ks_test_vuln -13",
                "  engage \t ks_test_vuln\t-13 \t\n\n",
                "engage ks_test_vuln -0xd",
                "engage ks_test_vuln -015",
                "engage test_killswitch:ks_test_vuln -13",
                "tryengage ks_test_vuln -13 0"
            })
    void acceptsBlanksAndNumbersInCNotation(String command) {
        assertThat(control(command)).isEqualTo("ok " + command.length());
        assertThat(fire(1)).isEqualTo("EACCES");
    }

    @Test
    void acceptsTheLongestWriteAndTheExtremesOfLong() {
        String longest = "engage ks_test_vuln -13";
        assertThat(control(longest + " ".repeat(4096 - longest.length()))).isEqualTo("ok 4096");
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(write("fn/ks_test_vuln/retval", LONG_MIN)).isEqualTo("ok " + LONG_MIN.length());
        assertThat(read("engaged")).startsWith("ks_test_vuln retval=" + LONG_MIN + " ");
        assertThat(write("fn/ks_test_vuln/retval", LONG_MAX)).startsWith("ok");
        assertThat(read("fn/ks_test_vuln/retval")).isEqualTo(LONG_MAX + "\n");
    }

    @Test
    void overridesAndCountsAndRestores() {
        assertThat(fire(0xC0FFEE)).isEqualTo("EBADMSG");
        assertThat(fire(1)).isEqualTo("ok 1");

        assertThat(control("engage ks_test_vuln -1")).isEqualTo("ok 22");
        assertThat(fire(0xC0FFEE)).isEqualTo("EPERM");
        assertThat(fire(1)).isEqualTo("EPERM");
        assertThat(fire(1)).isEqualTo("EPERM");
        assertThat(read("engaged")).isEqualTo("ks_test_vuln retval=-1 hits=3\n");
        assertThat(read("fn/ks_test_vuln/retval")).isEqualTo("-1\n");
        assertThat(read("fn/ks_test_vuln/hits")).isEqualTo("3\n");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("engaged\n");
        assertThat(read("fn/ks_test_vuln/timeout_left")).isEqualTo("0\n");
        assertThat(read("fn/ks_test_vuln/backend")).isEqualTo(features.backend() + "\n");

        assertThat(control("disengage ks_test_vuln")).isEqualTo("ok 22");
        assertThat(fire(0xC0FFEE)).isEqualTo("EBADMSG");
        assertThat(fire(1)).isEqualTo("ok 1");
        assertThat(read("engaged")).isEmpty();
        assertThat(sh("ls " + ROOT + "/fn").output()).isEmpty();
    }

    @Test
    void changesTheValueLive() {
        control("engage ks_test_vuln -1");
        assertThat(write("fn/ks_test_vuln/retval", "-13\n")).isEqualTo("ok 4");
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(write("fn/ks_test_vuln/retval", " 0x0 ")).isEqualTo("ok 5");
        assertThat(fire(0xC0FFEE)).isEqualTo("ok 8");
        for (String bad : List.of("", "x", "1 2", "08", "1\0", "-", "1\n2", "1".repeat(65))) {
            assertThat(write("fn/ks_test_vuln/retval", bad)).as(printable(bad)).isEqualTo("EINVAL");
        }
        assertThat(write("fn/ks_test_vuln/retval", "9223372036854775808")).isEqualTo("ERANGE");
        assertThat(read("fn/ks_test_vuln/retval")).isEqualTo("0\n");
    }

    @Test
    void listsEngagementsOldestFirst() {
        control("engage ks_test_vuln -1");
        control("engage cmdline_proc_show -5");
        control("engage vmlinux:version_proc_show -6");
        assertThat(read("engaged")).isEqualTo("""
                        ks_test_vuln retval=-1 hits=0
                        cmdline_proc_show retval=-5 hits=0
                        vmlinux:version_proc_show retval=-6 hits=0
                        """);
        // by another name of the same function
        assertThat(control("disengage version_proc_show")).startsWith("ok");
        control("disengage ks_test_vuln");
        control("engage ks_test_vuln -2");
        assertThat(read("engaged")).isEqualTo("cmdline_proc_show retval=-5 hits=0\nks_test_vuln retval=-2 hits=0\n");
    }

    @Test
    void filesHaveTheModesOfTheContract() {
        control("engage ks_test_vuln -1");
        String modes = sh("cd " + ROOT
                        + " && stat -c '%a %U %n' . control engaged locked pending sealed taint fn fn/*"
                        + " fn/ks_test_vuln/*")
                .output();
        assertThat(modes.lines())
                .containsExactly(
                        "711 root .",
                        "200 root control",
                        "444 root engaged",
                        "444 root locked",
                        "444 root pending",
                        "444 root sealed",
                        "444 root taint",
                        "700 root fn",
                        "700 root fn/ks_test_vuln",
                        "400 root fn/ks_test_vuln/backend",
                        "400 root fn/ks_test_vuln/hits",
                        "400 root fn/ks_test_vuln/reason",
                        "600 root fn/ks_test_vuln/retval",
                        "400 root fn/ks_test_vuln/state",
                        "400 root fn/ks_test_vuln/timeout_left");
        assertThat(read("taint")).isEqualTo("1\n");
        assertThat(asNobody("cat " + ROOT + "/engaged").output()).isEqualTo("ks_test_vuln retval=-1 hits=0\n");
        assertThat(asNobody("cat " + ROOT + "/fn/ks_test_vuln/hits").status()).isNotZero();
        assertThat(asNobody("echo disengage_all > " + ROOT + "/control").status())
                .isNotZero();
    }

    @Test
    void aFunctionWithoutAnFtraceSiteIsOverriddenByAKprobeOrRefused() {
        assertThat(readme()).startsWith("tracing mini-HOWTO");
        if (!features.kprobeOverride()) {
            log();
            for (String command : List.of("engage tracing_readme_read -13", "tryengage tracing_readme_read -13 5")) {
                assertThat(control(command)).isEqualTo("EINVAL");
                assertThat(log())
                        .containsExactly(
                                "tracing_readme_read: it has no ftrace site, and on this architecture ftrace is the only way");
            }
            assertThat(read("engaged")).isEmpty();
            assertThat(readme()).startsWith("tracing mini-HOWTO");
            return;
        }
        log();
        assertThat(control("engage tracing_readme_read -13")).startsWith("ok");
        List<String> said = log();
        if (features.overridesInsideKprobes()) { // else all engagements are kprobes, and it is not said of each
            assertThat(said)
                    .contains("tracing_readme_read: by a kprobe, as it has no ftrace site: calls are missed while the"
                            + " handler of another kprobe runs on their CPU");
        }
        assertThat(read("fn/tracing_readme_read/backend")).isEqualTo("kprobe\n");
        assertThat(readme()).isEqualTo("EACCES\n");
        assertThat(read("engaged")).isEqualTo("tracing_readme_read retval=-13 hits=1\n");
        write("fn/tracing_readme_read/retval", "-5");
        assertThat(readme()).isEqualTo("EIO\n");
        control("disengage tracing_readme_read");
        assertThat(readme()).startsWith("tracing mini-HOWTO");
    }

    @Test
    void aKprobeIsRefusedWhileKprobesAreSwitchedOff() {
        sh("echo 0 > /sys/kernel/debug/kprobes/enabled");
        assertThat(control("engage tracing_readme_read -13")).isEqualTo(features.kprobeOverride() ? "EBUSY" : "EINVAL");
        sh("echo 1 > /sys/kernel/debug/kprobes/enabled");
        assertThat(read("engaged")).isEmpty();
        assertThat(readme()).startsWith("tracing mini-HOWTO");
    }

    @Test
    void kprobesCannotBeSwitchedOffWhileOneIsAnOverride() {
        if (!features.kprobeOverride()) {
            assertThat(control("engage tracing_readme_read -13")).isEqualTo("EINVAL");
            note(Bypass.NOT_THERE, "kprobes/enabled = 0 where a kprobe is the override");
            return;
        }
        String enabled = "/sys/kernel/debug/kprobes/enabled";
        assertThat(control("engage tracing_readme_read -13")).startsWith("ok");
        assertThat(control("engage tracing_entries_read -13")).startsWith("ok");
        for (int i = 0; i < 2; i++) {
            assertThat(sh("echo 0 > " + enabled).output()).contains("Device or resource busy");
            assertThat(require("cat " + enabled)).isEqualTo("1\n");
            assertThat(readme()).isEqualTo("EACCES\n");
            control("disengage tracing_entries_read");
        }
        control("disengage tracing_readme_read");
        require("echo 0 > " + enabled + " && echo 1 > " + enabled);
        note(Bypass.REFUSED, "kprobes/enabled = 0 where a kprobe is the override");
        assertThat(readme()).startsWith("tracing mini-HOWTO");
    }

    private String readme() {
        return sh("kread /sys/kernel/tracing/README").output();
    }

    @Test
    void whoeverWorksInADirectoryDoesNotKeepItsNameInUse() {
        control("engage ks_test_vuln -1");
        sh("cd " + ROOT + "/fn/ks_test_vuln && nobody /bin/sleep 20 > /dev/null 2>&1 & echo $! > /tmp/sleeper");
        sh("sleep 0.5");
        assertThat(control("disengage ks_test_vuln")).startsWith("ok");
        assertThat(sh("ls " + ROOT + "/fn").output()).isEmpty();
        assertThat(control("engage ks_test_vuln -2")).startsWith("ok");
        assertThat(read("fn/ks_test_vuln/retval")).isEqualTo("-2\n");
        sh("kill $(cat /tmp/sleeper)");
        assertThat(read("fn/ks_test_vuln/retval")).isEqualTo("-2\n");
    }

    @Test
    void aStaleDescriptorReachesNothing() {
        control("engage ks_test_vuln -1");
        sh("exec 8< " + ROOT + "/fn/ks_test_vuln/hits; exec 9<> " + ROOT + "/fn/ks_test_vuln/retval; "
                + "mkfifo /tmp/go /tmp/out; "
                + "(read x < /tmp/go; { kwrite --fd 9 2>&1 < /tmp/number; kread --fd 8; kread --fd 9; } > /tmp/out) "
                + "> /dev/null 2>&1 & ");
        sh("printf %s -13 > /tmp/number");
        control("disengage ks_test_vuln");
        control("engage ks_test_vuln -2");
        assertThat(sh("echo > /tmp/go; cat /tmp/out; rm /tmp/go /tmp/out").output())
                .isEqualTo("EIDRM\nEIDRM\nEIDRM\n");
        assertThat(read("fn/ks_test_vuln/retval")).isEqualTo("-2\n");
    }

    @Test
    void bothTheOpenerAndTheWriterNeedThePrivilege() {
        control("engage ks_test_vuln -1");
        String control = ROOT + "/control";
        String retval = ROOT + "/fn/ks_test_vuln/retval";
        // opened by root, written without the capability; then the reverse
        for (String file : List.of(control, retval)) {
            assertThat(sh("printf -- -5 | kwrite --drop-after-open " + file).output())
                    .isEqualTo("EPERM\n");
            assertThat(sh("printf -- -5 | kwrite --drop-for-open " + file).output())
                    .isEqualTo("EPERM\n");
        }
        assertThat(read("engaged")).isEqualTo("ks_test_vuln retval=-1 hits=0\n");
    }

    @Test
    void theSameNameInTwoModulesHasToBeQualified() {
        sh("insmod /modules/ks_twin_a.ko; insmod /modules/ks_twin_data.ko");
        // a variable of the same name is no second function
        assertThat(control("engage ks_twin -7")).startsWith("ok");
        control("disengage ks_twin");
        sh("insmod /modules/ks_twin_b.ko");
        assertThat(control("engage ks_twin -7")).isEqualTo("EADDRNOTAVAIL");
        assertThat(control("engage ks_twin_b:ks_twin -7")).startsWith("ok");
        assertThat(sh("cat /sys/module/ks_twin_?/parameters/call").output()).isEqualTo("1\n-7\n");
        assertThat(control("engage ks_twin_a:ks_twin -8")).startsWith("ok");
        assertThat(sh("cat /sys/module/ks_twin_?/parameters/call").output()).isEqualTo("-8\n-7\n");
        assertThat(control("disengage ks_twin")).isEqualTo("EADDRNOTAVAIL");
        assertThat(control("disengage ks_twin_a:ks_twin")).startsWith("ok");
        assertThat(sh("cat /sys/module/ks_twin_?/parameters/call").output()).isEqualTo("1\n-7\n");
        sh("rmmod ks_twin_a ks_twin_b ks_twin_data");
    }
}
