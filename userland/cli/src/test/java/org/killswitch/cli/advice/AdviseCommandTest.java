// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.advice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.cli.FakeHost;

/** What {@code killswitch advise} says before it looks at a kernel. */
class AdviseCommandTest {

    @TempDir
    Path dir;

    FakeHost host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new FakeHost(dir);
    }

    @Test
    void itTakesFunctionsOrAPatchOrACve() {
        assertThat(host.run("advise")).isEqualTo(2);
        assertThat(host.err.toString()).contains("give either functions, or --patch FILE, or --cve CVE");
        assertThat(host.run("advise", "f", "--cve", "CVE-2024-1086")).isEqualTo(2);
    }

    @Test
    void aPatchThatIsNoneIsAnErrorOfOneLine() throws IOException {
        Path file = Files.writeString(dir.resolve("mail"), "Dear all,\n");
        assertThat(host.run("advise", "--patch", file.toString())).isEqualTo(1);
        assertThat(host.err.toString()).isEqualTo("killswitch: " + file + ": it has no hunk of a unified diff\n");
    }

    @Test
    void aPatchThatIsNotThereIsNamed() {
        assertThat(host.run("advise", "--patch", dir.resolve("nothing").toString()))
                .isEqualTo(1);
        assertThat(host.err.toString()).contains("there is no such file").hasLineCount(1);
    }

    @Test
    void aPatchThatOnlyAddsHasNothingToClose() throws IOException {
        Path file = Files.writeString(
                dir.resolve("fix.diff"),
                "--- /dev/null\n+++ b/a.c\n@@ -0,0 +1,4 @@\n+int f(void)\n+{\n+\treturn 1;\n+}\n");
        assertThat(host.run("advise", "--patch", file.toString())).isEqualTo(1);
        assertThat(host.err.toString()).contains("the patch changes no function of an unfixed kernel");
    }

    @Test
    void aCveThatNobodyKnowsIsSaidToBe() {
        assertThat(host.run("advise", "--cve", "CVE-1999-99999")).isEqualTo(1);
        assertThat(host.err.toString()).contains("nothing is known about CVE-1999-99999");
    }
}
