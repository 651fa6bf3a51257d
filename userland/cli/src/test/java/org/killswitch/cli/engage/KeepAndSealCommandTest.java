// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.cli.FakeHost;

class KeepAndSealCommandTest {

    @TempDir
    Path dir;

    FakeHost host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new FakeHost(dir);
        host.loaded("f retval=-1 hits=3", "g retval=0 hits=1");
    }

    @Test
    void keepsEach() throws IOException {
        assertThat(host.run("keep", "f", "g")).isZero();
        assertThat(host.out.toString()).isEqualTo("""
                        f stays engaged until you disengage it
                        g stays engaged until you disengage it
                        """);
        assertThat(host.command()).isEqualTo("keep g");
    }

    @Test
    void goesOnAfterARefusalAndFails() throws IOException {
        host.expiring("f", 5);
        host.expiring("g", 5);
        host.refusesEverything();
        assertThat(host.run("keep", "f", "g")).isEqualTo(1);
        assertThat(host.err.toString())
                .contains("cannot keep f: ", "cannot keep g: ")
                .hasLineCount(2);
    }

    @Test
    void takesBlanksAndCommas() throws IOException {
        host.recordsCommands();
        assertThat(host.run("keep", "f,", "g", "a,b", "f")).isZero();
        assertThat(host.commands()).isEqualTo("keep fkeep gkeep akeep b");
        assertThat(host.run("keep", ",")).isEqualTo(2);
        assertThat(host.run("keep", "f,,g")).isEqualTo(2);
        assertThat(host.commands()).isEmpty();
    }

    @Test
    void whatIsSoAlreadyIsNoFailure() throws IOException {
        host.refusesEverything();
        assertThat(host.run("keep", "f,g")).isZero();
        assertThat(host.out.toString()).isEqualTo("f stays engaged already\ng stays engaged already\n");
        host.sealed();
        host.locked();
        assertThat(host.run("seal", "--yes")).isZero();
        assertThat(host.run("lock", "--yes")).isZero();
        assertThat(host.out.toString()).endsWith("sealed already\nlocked already\n");
        assertThat(host.err.toString()).isEmpty();
    }

    @Test
    void locksWhatIsMeantToBeLocked() throws IOException {
        assertThat(host.run("lock")).isEqualTo(2);
        assertThat(host.command()).isEmpty();
        assertThat(host.run("lock", "--yes")).isZero();
        assertThat(host.command()).isEqualTo("lock");
        assertThat(host.out.toString()).startsWith("locked: ").hasLineCount(1);
    }

    @Test
    void sealsWhatIsMeantToBeSealed() throws IOException {
        assertThat(host.run("seal")).isEqualTo(2);
        assertThat(host.command()).isEmpty();
        assertThat(host.run("seal", "--yes")).isZero();
        assertThat(host.command()).isEqualTo("seal");
        assertThat(host.out.toString()).startsWith("sealed: ").hasLineCount(1);
    }

    @Test
    void saysWhySealingIsRefused() throws IOException {
        host.refusesEverything();
        assertThat(host.run("seal", "--yes")).isEqualTo(1);
        assertThat(host.err.toString()).startsWith("killswitch: cannot seal: ").hasLineCount(1);
    }
}
