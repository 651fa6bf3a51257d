// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInfo;
import org.killswitch.lab.Output;

/**
 * Tests that share one guest per kernel: each leaves nothing engaged. The guest is booted by the first of them, and
 * what its kernel complains of, even while it powers off, fails the class.
 */
abstract class SharedGuest {
    static final String ROOT = TestGuest.ROOT;

    private static final Map<String, TestGuest> GUESTS = new ConcurrentHashMap<>();

    /** What the kernel under test has. */
    final Features features;

    private final String kernel;
    private final TestGuest guest;

    SharedGuest(String kernel, String... append) {
        this(kernel, k -> TestGuest.boot(k, append));
    }

    SharedGuest(String kernel, Function<String, TestGuest> boot) {
        this.kernel = kernel;
        features = Features.of(Project.kernel(kernel));
        guest = GUESTS.computeIfAbsent(getClass().getName() + " " + kernel, k -> boot.apply(kernel));
    }

    @AfterAll
    static void powerOff(TestInfo info) {
        String name = info.getTestClass().orElseThrow().getName() + " ";
        for (String key : List.copyOf(GUESTS.keySet())) {
            TestGuest guest = key.startsWith(name) ? GUESTS.remove(key) : null;
            if (guest != null) {
                guest.close();
            }
        }
    }

    /** Notes for the table of bypasses what came of one. */
    void note(Bypass outcome, String way) {
        outcome.note(kernel, way);
    }

    Output sh(String script) {
        return guest.sh(script);
    }

    /** What a script printed that has to succeed. */
    String require(String script) {
        return Scripts.require(script, sh(script));
    }

    /** How many BPF programs the kernel has. */
    int programs() {
        return Integer.parseInt(require("bpf_guard count").strip());
    }

    /** What nobody has hold of any more goes a little later. */
    void assertPrograms(int expected) {
        sh("for i in $(seq 50); do [ $(bpf_guard count) = " + expected + " ] && exit; sleep 0.1; done");
        assertThat(programs()).as("BPF programs").isEqualTo(expected);
    }

    Output asNobody(String script) {
        return guest.sh("nobody /bin/sh -c '" + script + "'");
    }

    String control(String command) {
        return guest.control(command);
    }

    String write(String file, String text) {
        return guest.write(file, text);
    }

    String write(String file, byte[] bytes) {
        return guest.write(file, bytes);
    }

    String read(String file) {
        return guest.read(file);
    }

    /** What a file of fn/ has; the tree follows a module that has come a moment later. */
    String awaitRead(String file) {
        sh("i=0; until [ -e " + ROOT + "/" + file + " ] || [ $i = 100 ]; do i=$((i + 1)); sleep 0.1; done");
        return read(file);
    }

    String fire(long magic) {
        return guest.fire(magic);
    }

    List<String> log() {
        return guest.log();
    }

    List<String> dmesg() {
        return guest.dmesg();
    }
}
