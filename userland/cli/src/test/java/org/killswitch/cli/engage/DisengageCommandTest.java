// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.cli.FakeHost;

class DisengageCommandTest {

    @TempDir
    Path dir;

    FakeHost host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new FakeHost(dir);
        host.loaded("f retval=-1 hits=3", "g retval=0 hits=1");
    }

    @Test
    void reportsTheHitsOfEach() throws IOException {
        host.recordsCommands();
        assertThat(host.run("disengage", "f", "g,h")).isZero();
        assertThat(host.out.toString()).isEqualTo("""
                        f runs its own code again; 3 calls were caught
                        g runs its own code again; 1 call was caught
                        h runs its own code again
                        """);
        assertThat(host.commands()).contains("disengage f", "disengage g", "disengage h"); // all at once
    }

    @Test
    void ofAModuleThatIsBuiltInItIsTheKernels() throws IOException {
        host.builtIn("m");
        host.recordsCommands();
        assertThat(host.run("disengage", "m:f")).isZero();
        assertThat(host.commands()).isEqualTo("disengage f");
        host.pending("m:f retval=-1 module=m");
        assertThat(host.run("disengage", "m:f")).isZero();
        assertThat(host.commands()).endsWith("disengage m:f");
    }

    @Test
    void goesOnAfterARefusalAndFails() throws IOException {
        host.refusesEverything();
        assertThat(host.run("disengage", "f", "g")).isEqualTo(1);
        assertThat(host.err.toString())
                .contains("cannot disengage f: ", "cannot disengage g: ")
                .hasLineCount(2);
        assertThat(host.out.toString()).isEmpty();
    }

    @Test
    void disengagesEverything() throws IOException {
        assertThat(host.run("disengage", "--all")).isZero();
        assertThat(host.command()).isEqualTo("disengage_all");
        assertThat(host.out.toString()).contains("f runs", "g runs").hasLineCount(2);
    }

    @Test
    void saysThatNothingWasEngaged() throws IOException {
        host.engaged();
        assertThat(host.run("disengage", "--all")).isZero();
        assertThat(host.out.toString()).isEqualTo("nothing was engaged\n");
    }
}
