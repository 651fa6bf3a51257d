// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.control.Killswitch;
import org.killswitch.control.log.KernelLog;
import org.killswitch.host.SystemFiles;
import org.killswitch.policy.Policy;
import org.killswitch.policy.PolicyEntry;

/** What the agent reads and writes of a host, but for the module: the system tests of apply have that. */
class LiveHostTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path root;

    private LiveHost host() {
        return new LiveHost(
                new Killswitch(root.resolve("killswitch"), KernelLog.ofThisHost()),
                new SystemFiles(root),
                new CvePlaces(root, List.of(root.resolve("catalogue")), root.resolve("data")),
                new PrintWriter(new StringWriter()));
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void theFleetsPartOfThePolicyIsAFileOfItsOwn() throws Exception {
        write("etc/killswitch/policy.d/10-own.yaml", "- {symbol: own, retval: -1}\n");
        LiveHost host = host();
        host.savePolicy(Optional.of("- {symbol: f, retval: -1}\n"));
        assertThat(Policy.read(root.resolve("etc/killswitch/policy.d"), ZoneOffset.UTC)
                        .entries())
                .as("what killswitch.service reads at boot")
                .hasSize(2);
        assertThat(host.ownPolicy().entries())
                .extracting(PolicyEntry::what)
                .singleElement()
                .asString()
                .contains("own");
        host.savePolicy(Optional.empty());
        host.savePolicy(Optional.empty());
        assertThat(root.resolve("etc/killswitch/policy.d")).isDirectoryContaining("glob:**/10-own.yaml");
        assertThat(root.resolve("etc/killswitch/policy.d")).isDirectoryNotContaining("glob:**/50-fleet.yaml");
    }

    @Test
    void whatWaitsForAReboot() throws Exception {
        assertThat(host().reboots()).isEmpty();
        write("run/killswitch/reboot", "CVE-1: 6.1.2 is installed and has the fix: reboot\n");
        assertThat(host().reboots()).containsExactly("CVE-1: 6.1.2 is installed and has the fix: reboot");
    }

    @Test
    void theKernelsTrouble() throws Exception {
        write("proc/sys/kernel/random/boot_id", "one\n");
        write("proc/sys/kernel/tainted", "4096\n");
        write("sys/kernel/oops_count", "2\n");
        write("sys/kernel/warn_count", "0\n");
        Vitals before = host().vitals();
        assertThat(before).isEqualTo(new Vitals("one", 2, 0, 4096));
        assertThat(before.troubleSince(before)).isEmpty();
        // an older kernel: no counts
        Files.delete(root.resolve("sys/kernel/oops_count"));
        write("proc/sys/kernel/tainted", String.valueOf(4096 + (1 << 7) + (1 << 9) + (1 << 14)));
        assertThat(host().vitals().troubleSince(before)).containsExactly("oops", "warning", "lockup");
        write("proc/sys/kernel/random/boot_id", "two\n");
        write("proc/sys/kernel/tainted", "4096\n");
        assertThat(host().vitals().troubleSince(before)).containsExactly("reboot");
        write("sys/kernel/oops_count", "1\n");
        assertThat(host().vitals().troubleSince(before))
                .as("one of the new boot")
                .containsExactly("reboot", "oops");
    }

    private void entry(String test) throws IOException {
        write("catalogue/CVE-2026-1000.yaml", """
                cve: CVE-2026-1000
                summary: A test of this test.
                reach: any-user
                reach-note: None.
                affected: [{introduced: "5.5"}]
                files: [fs/x.c]
                in-use:
                  text: A file says so.
                %s
                engagements:
                  - functions: [{symbol: x_open, retval: -EIO}]
                    why: It opens x.
                    breaks: x
                references: ["https://www.kernel.org"]
                """.formatted(test.isEmpty() ? "" : "  test: \"" + test + "\""));
    }

    @Test
    void theCataloguesTestSaysWhatIsInUse() throws Exception {
        assertThat(host().isInUse("CVE-2026-1000")).as("no entry").isFalse();
        entry("");
        assertThat(host().isInUse("CVE-2026-1000")).as("no test").isFalse();
        entry("test -e " + root + "/used");
        assertThat(host().isInUse("CVE-2026-1000")).isFalse();
        write("used", "");
        assertThat(host().isInUse("CVE-2026-1000")).isTrue();
    }
}
