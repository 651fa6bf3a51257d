// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.killswitch.policy.Samples.engage;
import static org.killswitch.policy.Samples.observe;
import static org.killswitch.policy.Samples.symbol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.catalogue.facts.HostFacts;
import org.killswitch.control.Killswitch;
import org.killswitch.control.Reason;
import org.killswitch.control.log.KernelLog;
import org.killswitch.host.SystemFiles;
import org.killswitch.posix.Architecture;

/** Boots of a host whose policy is to be engaged, one after the other. */
class BootTest {

    @TempDir
    private Path root;

    private SystemFiles files;
    private final List<String> parameters = new ArrayList<>();
    private FakeOverrides module = new FakeOverrides();
    private int boots;

    @BeforeEach
    void aHost() throws IOException {
        files = new SystemFiles(root);
        write("/proc/cmdline", "quiet\n");
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(files.path(file).getParent());
        Files.writeString(files.path(file), text);
    }

    private Boot.Outcome boot(Desired... desired) throws Exception {
        write("/proc/sys/kernel/random/boot_id", "boot" + ++boots + "\n");
        Path tree = files.path("/sys/kernel/security/killswitch");
        if (Files.exists(tree)) {
            Files.delete(tree.resolve("engaged"));
        }
        parameters.clear();
        module = new FakeOverrides();
        Killswitch killswitch = new Killswitch(tree, new KernelLog(root.resolve("kmsg"), root.resolve("stat")));
        Boot.Loader loader = given -> {
            parameters.addAll(given);
            try {
                write("/sys/kernel/security/killswitch/engaged", "");
            } catch (IOException e) {
                throw new PolicyException("", e);
            }
            for (Desired d : desired) {
                if (given.stream().anyMatch(p -> p.startsWith("engage=\"" + d.symbol() + "="))) {
                    module.with(Samples.engaged(
                            d.symbol().text(), d.retval().orElseThrow().value()));
                }
            }
        };
        Resolution policy = new Resolution(List.of(desired), List.of(), List.of(), List.of());
        return new Boot(files, killswitch, module, loader).start(policy, List.of());
    }

    @Test
    void whatNeedsNoGuardIsAParameter() throws Exception {
        Boot.Outcome outcome = boot(engage("f", -1), engage("m:g", -22, "uid != 0"), observe("h"));
        assertThat(parameters).containsExactly("engage=\"f=-1\"");
        assertThat(module.commands).containsExactly("engage m:g -22 when uid != 0", "observe h");
        assertThat(outcome.problems()).isEmpty();
    }

    @Test
    void oneThatIsRefusedDoesNotKeepTheOthersOut() throws Exception {
        write("/etc/killswitch/boot.state", "good engage f -1\n");
        module = new FakeOverrides();
        Desired[] desired = {engage("f", -1, "nonsense"), engage("g", -1, "uid != 0")};
        Boot.Loader loader = given -> module.refused.add("check f");
        Files.createDirectories(files.path("/sys/kernel/security/killswitch"));
        Killswitch killswitch = new Killswitch(
                files.path("/sys/kernel/security/killswitch"),
                new KernelLog(root.resolve("kmsg"), root.resolve("stat")));
        write("/sys/kernel/security/killswitch/engaged", "");
        loader.load(List.of());
        Boot.Outcome outcome = new Boot(files, killswitch, module, loader)
                .start(new Resolution(List.of(desired), List.of(), List.of(), List.of("p:9: wrong")), List.of());
        assertThat(module.commands).containsExactly("engage g -1 when uid != 0");
        assertThat(outcome.problems()).containsExactly("p:9: wrong", "p:1: the guard is wrong; nothing was changed");
    }

    @Test
    void whatABootDidNotComeUpWithIsLeftOutFromThenOn() throws Exception {
        boot(engage("good", -1));
        assertThat(Boot.good(files)).isPresent();
        boot(engage("good", -1), engage("bad", -1));
        // it did not come up
        Boot.Outcome second = boot(engage("good", -1), engage("bad", -1));
        assertThat(parameters).containsExactly("engage=\"good=-1\"");
        assertThat(second.problems())
                .containsExactly(
                        "p:1: left out: the system did not come up with 'bad returns -1 (EPERM)'; change it, or"
                                + " run: killswitch apply --retry");
        Boot.good(files);
        boot(engage("good", -1), engage("bad", -1));
        assertThat(parameters).as("not every second boot fails").containsExactly("engage=\"good=-1\"");
        // and that one did not come up either: what was good is not given up
        boot(engage("good", -1), engage("bad", -1));
        assertThat(parameters).containsExactly("engage=\"good=-1\"");
        boot(engage("good", -1), engage("bad", -22));
        assertThat(parameters).as("changed").containsExactly("engage=\"good=-1\"", "engage=\"bad=-22\"");
    }

    @Test
    void retryTriesItAgain() throws Exception {
        boot(engage("bad", -1));
        boot(engage("bad", -1));
        Boot.good(files);
        BootState.read(files).retry().write(files);
        boot(engage("bad", -1));
        assertThat(parameters).containsExactly("engage=\"bad=-1\"");
    }

    @Test
    void aBootThatDidNotEngageThePolicyIsNotAGoodOne() throws Exception {
        boot(engage("bad", -1));
        write("/proc/cmdline", "quiet killswitch.skip=1\n");
        Boot.Outcome skipped = boot(engage("bad", -1));
        assertThat(parameters).isEmpty();
        assertThat(module.commands).isEmpty();
        assertThat(skipped.problems()).singleElement().asString().startsWith("killswitch.skip=1 is on");
        assertThat(Boot.good(files)).isEmpty();
        write("/proc/cmdline", "quiet\n");
        boot(engage("bad", -1));
        assertThat(parameters).isEmpty();
    }

    @Test
    void theServiceStartedASecondTimeInABootIsNoFailedBoot() throws Exception {
        boot(engage("f", -1));
        boots--;
        boot(engage("f", -1));
        assertThat(parameters).containsExactly("engage=\"f=-1\"");
    }

    @Test
    void whereNothingCanBeWrittenThePolicyIsEngagedAllTheSame() throws Exception {
        write("/etc/killswitch", "a file where a folder belongs\n");
        Boot.Outcome outcome = boot(engage("f", -1));
        assertThat(parameters).containsExactly("engage=\"f=-1\"");
        assertThat(outcome.problems()).singleElement().asString().contains("boot.state cannot be written");
    }

    @Test
    void parametersOfOthers() throws Exception {
        write("/etc/modprobe.d/a.conf", "options killswitch engage=a=-1,m:b=-1 lock=1\n");
        write("/etc/modprobe.d/b.conf", "options killswitch engage=\"c=-1 # CVE-1, x,d=-2\" \"engage=e=-1 # y\"\n");
        write("/proc/cmdline", "quiet killswitch.engage=f=-1\n");
        assertThat(ModuleParameters.ofOthers(new HostFacts(root, Architecture.X86_64), files))
                .extracting(Object::toString)
                .contains("a", "m:b", "c", "d", "e", "f");
    }

    @Test
    void aReasonDoesNotBreakAParameter() {
        Desired d = new Desired(
                symbol("f"),
                engage("f", -1).retval(),
                Optional.empty(),
                Optional.of(new Reason("CVE-1, \"copy\" fail")),
                "p:1");
        assertThat(ModuleParameters.of(List.of(d))).containsExactly("engage=\"f=-1 # CVE-1; 'copy' fail\"");
    }
}
