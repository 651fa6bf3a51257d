// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.cli.FakeHost;

/** observe, enforce and set. */
class ObserveCommandTest {

    @TempDir
    Path dir;

    FakeHost host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new FakeHost(dir);
        host.loaded();
    }

    @Test
    void observesEach() throws IOException {
        host.recordsCommands();
        assertThat(host.run("observe", "f", "m:g,h", "--reason", "who uses it?"))
                .isZero();
        assertThat(host.commands())
                .isEqualTo("observe f # who uses it?observe m:g # who uses it?observe h # who uses it?");
        assertThat(host.out.toString()).contains("killswitch watch m:g").hasLineCount(3);
    }

    @Test
    void observesAllOrNothing() throws IOException {
        host.refusesEverything();
        host.observed("f", 3);
        assertThat(host.run("observe", "f", "g")).isEqualTo(1);
        assertThat(host.err.toString())
                .startsWith("killswitch: cannot observe g: ")
                .hasLineCount(1);
        assertThat(host.out.toString()).isEmpty();
        assertThat(host.run("observe", "f")).isZero();
        assertThat(host.out.toString()).isEqualTo("f is observed already\n");
    }

    @Test
    void refusesAWrongExpressionBeforeAnythingIsObserved() throws IOException {
        assertThat(host.run("observe", "f", "g", "--when", "uid = 0")).isEqualTo(1);
        assertThat(host.err.toString()).endsWith("  uid = 0\n      ^\n");
        assertThat(host.command()).isEmpty();
    }

    @Test
    void enforces() throws IOException {
        host.observed("f", 3);
        assertThat(host.run("enforce", "f", "-EACCES", "--reason", "CVE-2026-1"))
                .isZero();
        assertThat(host.command()).isEqualTo("enforce f -13 # CVE-2026-1");
        assertThat(host.out.toString()).isEqualTo("f now returns -13 (EACCES)\n");
    }

    @Test
    void whatReturnsTheValueIsEnforced() throws IOException {
        host.engaged("f retval=-13 hits=3");
        host.refusesEverything();
        assertThat(host.run("enforce", "f", "-EACCES")).isZero();
        assertThat(host.out.toString()).isEqualTo("f returns -13 (EACCES) already\n");
        assertThat(host.run("enforce", "f", "-EPERM")).isEqualTo(1);
        assertThat(host.err.toString()).startsWith("killswitch: cannot enforce f: ");
    }

    @Test
    void setsAnotherValue() throws IOException {
        host.engaged("m:f retval=-13 hits=3");
        Path retval = Files.writeString(host.root.resolve("fn/m:f/retval"), "");
        assertThat(host.run("set", "f", "-EPERM")).isZero();
        assertThat(Files.readString(retval)).isEqualTo("-1");
        assertThat(host.out.toString()).isEqualTo("m:f now returns -1 (EPERM) instead of -13 (EACCES)\n");
        assertThat(host.run("set", "m:f", "-EACCES")).isZero();
        assertThat(host.out.toString()).endsWith("m:f returns -13 (EACCES) already\n");
        assertThat(host.run("set", "g", "-EPERM")).isEqualTo(1);
        assertThat(host.err.toString()).contains("not engaged").hasLineCount(1);
    }
}
