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
    void engagesSeveral() throws IOException {
        host.engaged("f retval=-1 hits=0", "m:g retval=-1 hits=0");
        assertThat(host.run("engage", "f,m:g", "-EPERM")).isZero();
        assertThat(host.out.toString()).isEqualTo("""
                        f now returns -1 (EPERM) (backend ftrace)
                        m:g now returns -1 (EPERM) (backend ftrace)
                        """);
        assertThat(host.command()).isEqualTo("engage m:g -1");
    }

    @Test
    void goesOnAfterARefusalAndFails() throws IOException {
        host.refusesEverything();
        assertThat(host.run("engage", "f,g", "-EPERM")).isEqualTo(1);
        assertThat(host.err.toString())
                .contains("cannot engage f: ", "cannot engage g: ")
                .hasLineCount(2);
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
                .startsWith("f is being watched for 1m30s: if nothing calls it until then, it returns -1 (EPERM)");
    }

    @Test
    void saysWhenItWillEnd() throws IOException {
        host.engaged("f retval=-1 hits=0");
        assertThat(host.run("engage", "f", "-EPERM", "--for", "10m")).isZero();
        assertThat(host.out.toString())
                .isEqualTo(
                        "f now returns -1 (EPERM) (backend ftrace); it runs its own code again in 10m, unless you run:"
                                + " killswitch keep f\n");
    }

    @Test
    void saysThatItIsPending() throws IOException {
        host.pending("m:f retval=-1 module=m");
        assertThat(host.run("engage", "m:f", "-EPERM")).isZero();
        assertThat(host.out.toString())
                .isEqualTo("m:f is pending: it returns -1 (EPERM) from when module m is loaded\n");
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
}
