// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.cli.FakeHost;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PolicyCommandTest {

    private static final String A = "/etc/killswitch/policy.d/a.yaml";

    @TempDir
    private Path folder;

    private FakeHost host;

    @BeforeEach
    void aHostWithAPolicy() throws IOException {
        host = new FakeHost(folder);
        host.loaded("same retval=-1 hits=3", "gone retval=-1 hits=0");
        host.file(A, "- {symbol: same, retval: -1}\n- {symbol: 'm:new', retval: -EIO, reason: ticket 1}\n");
        host.file("/proc/sys/kernel/random/boot_id", "this-boot\n");
        host.file("/proc/cmdline", "quiet\n");
    }

    private String where(int line) {
        return host.files.path(A) + ":" + line;
    }

    @Test
    void diffShowsAndApplyDoes() throws IOException {
        assertThat(host.run("diff")).isEqualTo(3);
        String changes = "+ m:new returns -5 (EIO) (" + where(2) + ")\n- gone returns -1 (EPERM) (not in the policy)\n";
        assertThat(host.out).hasToString(changes);
        host.recordsCommands();
        host.out.getBuffer().setLength(0);
        assertThat(host.run("apply", "--dry-run")).isZero();
        assertThat(host.out).hasToString(changes + "2 changes to make; 1 of the policy was in place\n");
        assertThat(host.commands()).isEmpty();
        host.out.getBuffer().setLength(0);
        assertThat(host.run("apply")).isZero();
        assertThat(host.commands()).isEqualTo("engage m:new -5 # ticket 1disengage gone");
        assertThat(host.out).hasToString(changes + "2 changes made; 1 of the policy was in place\n");
    }

    @Test
    void diffTakesAnotherPolicy() throws IOException {
        host.file("/etc/killswitch/next.d/a.yaml", "- {symbol: same, retval: -1}\n");
        String next = host.files.path("/etc/killswitch/next.d").toString();
        assertThat(host.run("diff", "--policy", next)).isEqualTo(3);
        assertThat(host.out).hasToString("- gone returns -1 (EPERM) (not in the policy)\n");
        assertThat(host.run("diff", "--policy", next + "/none")).isEqualTo(1);
        assertThat(host.err.toString()).endsWith(next + "/none is no folder\n");
    }

    @Test
    void nothingToDoIsNoFailure() throws IOException {
        host.engaged("same retval=-1 hits=3");
        host.pending("m:new retval=-5 module=m");
        assertThat(host.run("diff")).isZero();
        assertThat(host.out.toString()).isEmpty();
        assertThat(host.run("apply")).isZero();
        assertThat(host.out).hasToString("0 changes made; 2 of the policy were in place\n");
        assertThat(host.command()).isEmpty();
    }

    @Test
    void aPolicyThatIsWrongChangesNothing() throws IOException {
        host.file("/etc/killswitch/policy.d/b.yaml", "- {symbol: x, retval: -1}\n- symbol: y\n");
        assertThat(host.run("apply")).isEqualTo(1);
        assertThat(host.err.toString())
                .isEqualTo("killswitch: " + host.files.path("/etc/killswitch/policy.d/b.yaml")
                        + ":2: retval: what is y to return? This key is missing\n"
                        + "killswitch: the policy is wrong; nothing was changed\n");
        assertThat(host.command()).isEmpty();
        assertThat(host.run("diff")).isEqualTo(1);
    }

    @Test
    void json() {
        assertThat(host.run("diff", "--json")).isEqualTo(3);
        JsonNode json = new JsonMapper().readTree(host.out.toString());
        assertThat(json.at("/changes/0/change").asString()).isEqualTo("engage");
        assertThat(json.at("/changes/0/symbol").asString()).isEqualTo("m:new");
        assertThat(json.at("/changes/0/retval").asLong()).isEqualTo(-5);
        assertThat(json.at("/changes/0/where").asString()).isEqualTo(where(2));
        assertThat(json.at("/changes/1/change").asString()).isEqualTo("disengage");
        assertThat(json.at("/changes/1/was/retval").asLong()).isEqualTo(-1);
        assertThat(json.at("/in_place/0").asString()).isEqualTo("same");
        assertThat(json.at("/applied").asBoolean()).isFalse();
    }

    @Test
    void persistWritesWhatThePolicyDoesNotHave() throws IOException {
        host.file("/run/killswitch/guards/guarded", "uid != 0\n");
        host.loaded(
                "same retval=-1 hits=3", "more retval=-22 hits=0", "guarded retval=-1 hits=0", "who retval=-1 hits=0");
        host.guarded("guarded", 4);
        host.guarded("who", 4);
        host.reason("more", "CVE-2026-1234");
        assertThat(host.run("persist")).isEqualTo(1);
        assertThat(host.out.toString()).endsWith("zz-persist.yaml has 2 entries\n");
        assertThat(host.err.toString()).contains("who cannot be written: it has a guard whose text is not known");
        assertThat(host.files.path("/etc/killswitch/policy.d/zz-persist.yaml"))
                .content()
                .endsWith("""
                        - symbol: more
                          retval: -EINVAL
                          reason: 'CVE-2026-1234'
                        - symbol: guarded
                          retval: -EPERM
                          when: 'uid != 0'
                        """);
    }

    @Test
    void whatTheSystemDidNotComeUpWithIsLeftOutUntilRetry() throws IOException {
        host.file("/etc/killswitch/boot.state", "left-out engage m:new -5\n");
        host.engaged("same retval=-1 hits=3");
        assertThat(host.run("apply")).isEqualTo(1);
        assertThat(host.err.toString()).contains(where(2) + ": left out: the system did not come up with");
        assertThat(host.command()).isEmpty();
        assertThat(host.run("status")).isZero();
        assertThat(host.out.toString())
                .endsWith("left out at boot, because the system did not come up with it: engage m:new -5\n");
        assertThat(host.run("apply", "--retry")).isZero();
        assertThat(host.command()).isEqualTo("engage m:new -5 # ticket 1");
        assertThat(host.files.path("/etc/killswitch/boot.state")).content().doesNotContain("left-out");
    }

    @Test
    void bootLoadsTheModuleWithThePolicy() throws IOException {
        host = new FakeHost(folder.resolve("other"));
        host.file(A, "- {symbol: same, retval: -1}\n- {symbol: seen, mode: observe}\n");
        host.file("/proc/sys/kernel/random/boot_id", "this-boot\n");
        List<String> parameters = new ArrayList<>();
        BootCommand boot = new BootCommand(host.host(), new HostPolicy(host.host()), given -> {
            parameters.addAll(given);
            try {
                host.loaded("same retval=-1 hits=0");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(new picocli.CommandLine(boot).execute())
                .as(host.err.toString())
                .isZero();
        assertThat(parameters).containsExactly("engage=\"same=-1\"");
        assertThat(host.command()).isEqualTo("observe seen");
        assertThat(host.run("boot", "--good")).isZero();
        assertThat(host.files.path("/etc/killswitch/boot.state"))
                .content()
                .endsWith("\ngood engage same -1\ngood observe seen\n");
    }

    @Test
    void endedEndsOnlyWhatIsOver() throws IOException {
        host.file(A, "- {symbol: same, retval: -1, until: 2026-01-01}\n- {symbol: 'm:new', retval: -1}\n");
        assertThat(host.run("apply", "--ended")).isZero();
        assertThat(host.command()).isEqualTo("disengage same");
        assertThat(host.err.toString()).contains(where(1) + ": over: it was to last until 2026-01-01");
    }
}
