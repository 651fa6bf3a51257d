// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.killswitch.cli.FakeHost;

class EngageCommandTest {

    @TempDir
    Path dir;

    FakeHost host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new FakeHost(dir);
        host.loaded();
    }

    @ParameterizedTest
    @CsvSource({
        "f -EPERM, engage f -1",
        "f -eperm, engage f -1",
        "f -1, engage f -1",
        "f 0x10, engage f 16",
        "f -- -1, engage f -1",
        "f -- -EPERM, engage f -1",
        "-- f -1, engage f -1",
        "m:f.constprop.0 -ENOTSUP, engage m:f.constprop.0 -95",
        "f -1 --probe 30s, tryengage f -1 30",
        "--probe 5m f -EPERM, tryengage f -1 300",
        "f --probe=1h -EPERM, tryengage f -1 3600",
        "f -EPERM --probe 1h30m5s, tryengage f -1 5405",
        "f -EPERM --probe 45, tryengage f -1 45",
        "f -EPERM --probe 24h, tryengage f -1 86400",
        "f -EPERM --probe 0, engage f -1",
        "f -EPERM --for 10m, engagefor f -1 600",
        "--for=24h m:f -1, engagefor m:f -1 86400",
        "f --bpf /x/y.bpf.o, engagebpf f /x/y.bpf.o",
    })
    void tellsTheKernelWhatWasTyped(String arguments, String command) throws IOException {
        assertThat(host.run(("engage " + arguments).split(" "))).isZero();
        assertThat(host.command()).isEqualTo(command);
        assertThat(host.out.toString()).hasLineCount(1);
        assertThat(host.err.toString()).isEmpty();
    }

    @Test
    void saysWhatItDid() throws IOException {
        host.engaged("f retval=-1 hits=0");
        assertThat(host.run("engage", "f", "-EPERM")).isZero();
        assertThat(host.out.toString()).isEqualTo("f now returns -1 (EPERM) (backend ftrace)\n");
    }

    @Test
    void aFunctionOfAModuleThatIsBuiltInIsTheKernels() throws IOException {
        host.builtIn("m");
        assertThat(host.run("engage", "m:f", "-EPERM")).isZero();
        assertThat(host.command()).isEqualTo("engage f -1");
        assertThat(host.err.toString())
                .isEqualTo("killswitch: warning: m is built into this kernel: the function is f\n");
    }

    @Test
    void engagesSeveral() throws IOException {
        host.engaged("f retval=-1 hits=0", "m:g retval=-1 hits=0");
        host.recordsCommands();
        assertThat(host.run("engage", "f,m:g", "-EPERM")).isZero();
        assertThat(host.out.toString()).isEqualTo("""
                        f now returns -1 (EPERM) (backend ftrace)
                        m:g now returns -1 (EPERM) (backend ftrace)
                        """);
        assertThat(host.commands()).isEqualTo("engage f -1engage m:g -1");
    }

    @Test
    void goesOnAfterARefusalAndFails() throws IOException {
        host.refusesEverything();
        assertThat(host.run("engage", "f,g", "-EPERM", "--keep-going")).isEqualTo(1);
        assertThat(host.err.toString())
                .contains("cannot engage f: ", "cannot engage g: ")
                .hasLineCount(2);
    }

    @Test
    void severalAreAllOrNothing() throws IOException {
        host.boolFunction("g");
        host.recordsCommands();
        assertThat(host.run("engage", "a", "f,g", "h", "-EPERM")).isEqualTo(1);
        assertThat(host.commands()).isEmpty();
        assertThat(host.err.toString())
                .startsWith("killswitch: cannot engage g: it returns bool")
                .hasLineCount(1);
        assertThat(host.out.toString()).isEmpty();

        assertThat(host.run("engage", "a", "f,g", "h", "-EPERM", "--keep-going"))
                .isEqualTo(1);
        assertThat(host.commands()).isEqualTo("engage a -1engage f -1engage h -1");
        assertThat(host.out.toString()).hasLineCount(3);
    }

    @Test
    void whatIsSoAlreadyIsNeitherAFailureNorTakenBack() throws IOException {
        host.engaged("f retval=-1 hits=0", "m:g retval=-1 hits=0", "h retval=-13 hits=0");
        host.guarded("h", 3);
        host.pending("n:i retval=-1 module=n");
        host.refusesEverything();
        assertThat(host.run("engage", "f", "g", "n:i", "-EPERM")).isZero();
        assertThat(host.out.toString()).isEqualTo("""
                        f returns -1 (EPERM) already
                        g returns -1 (EPERM) already
                        n:i returns -1 (EPERM) already
                        """);
        // another value, another kind, only some of the calls
        assertThat(host.run("engage", "f", "-EACCES")).isEqualTo(1);
        assertThat(host.run("engage", "f", "-EPERM", "--for", "5m")).isEqualTo(1);
        assertThat(host.run("engage", "h", "-EACCES")).isEqualTo(1);
        assertThat(host.run("engage", "f", "h", "-EACCES")).isEqualTo(1);
        assertThat(host.err.toString()).doesNotContain("undone");
    }

    @Test
    void aBoolHasNoErrno() throws IOException {
        host.boolFunction("capable");
        assertThat(host.run("engage", "capable", "-EPERM")).isEqualTo(1);
        assertThat(host.err.toString())
                .isEqualTo("killswitch: cannot engage capable: it returns bool, and -1 (EPERM) would mean true, like"
                        + " every value but 0; give 0 for false or 1 for true\n");
        assertThat(host.run("engage", "capable.constprop.0", "-4095")).isEqualTo(1);
        assertThat(host.run("enforce", "capable", "-1")).isEqualTo(1);
        assertThat(host.run("set", "capable", "-1")).isEqualTo(1);
        assertThat(host.command()).isEmpty();
        assertThat(host.run("engage", "capable", "0")).isZero();
        assertThat(host.run("engage", "f", "-EPERM")).isZero();
    }

    @Test
    void tellsWhoIsStillInside() throws IOException {
        host.task(7, 7, "sshd", "[<0>] f+0x12/0x40\n[<0>] do_syscall_64+0x1/0x2\n");
        host.task(7, 9, "a\033b", "[<0>] f.cold+0x12/0x40\n");
        host.task(8, 8, "other", "[<0>] ff+0x12/0x40\n");
        host.engaged("f retval=-1 hits=0");
        assertThat(host.run("engage", "f", "-EPERM")).isZero();
        assertThat(host.out.toString()).isEqualTo("""
                        f now returns -1 (EPERM) (backend ftrace)
                        2 tasks are still inside f, and their calls are not overridden: sshd (7), a\\x1bb (7, thread 9)
                        """);
    }

    @Test
    void keepsTheReason() throws IOException {
        assertThat(host.run("engage", "f", "-EPERM", "--reason", "CVE-2026-1")).isZero();
        assertThat(host.command()).isEqualTo("engage f -1 # CVE-2026-1");
        assertThat(host.run("engage", "f", "-EPERM", "--reason", "caf\u00e9")).isEqualTo(2);
        assertThat(host.err.toString()).contains("1 to 120 printable ASCII").hasLineCount(1);
    }

    @Test
    void showsWhereAnExpressionIsWrong() throws IOException {
        assertThat(host.run("engage", "f", "-EPERM", "--when", "uid = 0")).isEqualTo(1);
        assertThat(host.err.toString().lines().toList())
                .hasSize(3)
                .first(org.assertj.core.api.InstanceOfAssertFactories.STRING)
                .startsWith("killswitch: ");
        assertThat(host.err.toString()).endsWith("  uid = 0\n      ^\n");
        assertThat(host.out.toString()).isEmpty();
        assertThat(host.command()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"f -1 --bpf x.o", "f --bpf x.o --for 5m", "f --bpf x.o --when uid", "f", "f --for 5m"})
    void takesEitherAValueOrAProgram(String arguments) throws IOException {
        assertThat(host.run(("engage " + arguments).split(" "))).isEqualTo(2);
        assertThat(host.err.toString()).contains("RETVAL").hasLineCount(1);
        assertThat(host.command()).isEmpty();
    }

    @Test
    void whatIsUnreadIsOverriddenOrPasses() {
        assertThat(host.run("engage", "f", "-EPERM", "--when", "uid != 0", "--unread", "maybe"))
                .isEqualTo(2);
        assertThat(host.err.toString()).contains("'maybe' is neither override nor pass");
        assertThat(host.run("engage", "f", "-EPERM", "--unread", "pass")).isEqualTo(2);
    }

    @Test
    void explainsOnlyAnExpression() throws IOException {
        assertThat(host.run("engage", "f", "-EPERM", "--explain")).isEqualTo(2);
        assertThat(host.err.toString()).contains("--when");
        assertThat(host.command()).isEmpty();
    }

    @Test
    void saysWhatAProbeWillDo() {
        assertThat(host.run("engage", "f", "-EPERM", "--probe", "90")).isZero();
        assertThat(host.out.toString())
                .startsWith("probing f for 1m30s; if nothing calls it, it will be engaged with -1 (EPERM)");
    }

    @Test
    void saysWhenItWillEnd() throws IOException {
        host.engaged("f retval=-1 hits=0");
        assertThat(host.run("engage", "f", "-EPERM", "--for", "10m")).isZero();
        assertThat(host.out.toString())
                .isEqualTo("f now returns -1 (EPERM) (backend ftrace); it will be disengaged in 10m, unless you run:"
                        + " killswitch keep f\n");
    }

    @Test
    void saysThatItIsPending() throws IOException {
        host.pending("m:f retval=-1 module=m");
        assertThat(host.run("engage", "m:f", "-EPERM")).isZero();
        assertThat(host.out.toString())
                .isEqualTo("m:f is pending; it will be engaged with -1 (EPERM) when module m is loaded\n");
    }

    @Test
    void failsWhereTheKernelRefuses() throws IOException {
        host.refusesEverything();
        assertThat(host.run("engage", "f", "-1")).isEqualTo(1);
        assertThat(host.err.toString())
                .startsWith("killswitch: cannot engage f: ")
                .hasLineCount(1);
        assertThat(host.out.toString()).isEmpty();
    }

    @Test
    void explainsNothingOfAFunctionThatIsNotThere() throws IOException {
        host.file("/proc/kallsyms", "0000000000000000 T esp_input\t[esp4]\n0000000000000000 T sys_bpf\n");
        assertThat(host.run("engage", "esp_inptu", "-1", "--when", "uid != 0", "--explain"))
                .isEqualTo(1);
        assertThat(host.err.toString())
                .contains("neither this kernel nor a loaded module has a function esp_inptu", "MODULE:esp_inptu")
                .hasLineCount(1);
        assertThat(host.out.toString()).isEmpty();
    }
}
