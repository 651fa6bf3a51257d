// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.killswitch.control.FakeTree.symbol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.control.log.KernelLog;
import org.killswitch.control.log.Origin;
import org.killswitch.posix.Errno;

class KillswitchTest {

    @TempDir
    Path dir;

    FakeTree tree;

    @BeforeEach
    void makeTree() throws IOException {
        tree = new FakeTree(dir);
    }

    @Test
    void readsWhatIsEngagedOldestFirst() throws Exception {
        tree.write("engaged", "f retval=-1 hits=3\nm:g.constprop.0 retval=0 hits=0\n");
        tree.details("f", "engaged", 0, "ftrace");
        tree.details("m:g.constprop.0", "probing", 17, "kprobe");
        tree.write("fn/m:g.constprop.0/passed", "12\n");
        tree.write("fn/m:g.constprop.0/unread", "3\n");
        tree.write("fn/f/reason", "CVE-2026-1\n");

        assertThat(tree.killswitch.engagements())
                .containsExactly(
                        new Engagement(
                                symbol("f"),
                                new Retval(-1),
                                3,
                                Optional.of(new Engagement.Details(
                                        Engagement.State.ENGAGED,
                                        Duration.ZERO,
                                        Engagement.Backend.FTRACE,
                                        OptionalLong.empty(),
                                        OptionalLong.empty(),
                                        Optional.of("CVE-2026-1"))),
                                Optional.empty()),
                        new Engagement(
                                symbol("m:g.constprop.0"),
                                new Retval(0),
                                0,
                                Optional.of(new Engagement.Details(
                                        Engagement.State.PROBING,
                                        Duration.ofSeconds(17),
                                        Engagement.Backend.KPROBE,
                                        OptionalLong.of(12),
                                        OptionalLong.of(3),
                                        Optional.empty())),
                                Optional.empty()));
    }

    /** The files of what has just been armed are made a moment later. */
    @Test
    void whatHasNoFilesIsEngagedAllTheSame() throws Exception {
        tree.write("engaged", "new retval=-1 hits=3\nf retval=-1 hits=3\n");
        tree.details("f", "engaged", 0, "ftrace");

        assertThat(tree.killswitch.engagements())
                .extracting(Engagement::symbol, e -> e.details().isPresent())
                .containsExactly(tuple(symbol("new"), false), tuple(symbol("f"), true));
    }

    @Test
    void whatIsObservedComesAfterWhatIsEngaged() throws Exception {
        tree.write("engaged", "f retval=-1 hits=3\n");
        tree.details("f", "engaged", 0, "ftrace");
        tree.details("a", "observing", 0, "direct");
        tree.write("fn/a/hits", "7\n");
        tree.details("ending", "probing", 5, "direct");

        assertThat(tree.killswitch.engagements())
                .extracting(Engagement::symbol, Engagement::hits)
                .containsExactly(tuple(symbol("f"), 3L), tuple(symbol("a"), 7L));
    }

    @Test
    void readsWhatIsPending() throws Exception {
        tree.write("pending", "af_alg:f retval=-1 module=af_alg\ng retval=-22 module=?\n");
        Files.writeString(tree.kmsg, "4,7,40000000,-;killswitch: engage g=-22 source=modparam\n");

        assertThat(tree.killswitch.pending())
                .containsExactly(
                        new Pending(
                                symbol("af_alg:f"),
                                Optional.of(new Retval(-1)),
                                Optional.of("af_alg"),
                                Optional.empty()),
                        new Pending(
                                symbol("g"),
                                Optional.of(new Retval(-22)),
                                Optional.empty(),
                                Optional.of(new Origin(
                                        Instant.parse("2026-05-01T11:59:00Z"), new Origin.ModuleParameter()))));
        assertThat(tree.killswitch.engagements()).isEmpty();

        tree.write("pending", "m:f observe module=m\n");
        assertThat(tree.killswitch.pending())
                .containsExactly(new Pending(symbol("m:f"), Optional.empty(), Optional.of("m"), Optional.empty()));

        tree.write("pending", "m:f observe module=m since=yesterday\n");
        assertThat(tree.killswitch.pending()).hasSize(1);
        tree.write("pending", "f retval=-1 modules=m\n");
        assertThatThrownBy(tree.killswitch::pending).hasMessageContaining("modules=m");
    }

    @Test
    void readsTheSeal() throws Exception {
        assertThat(tree.killswitch.sealed()).isFalse();
        tree.write("sealed", "1\n");
        assertThat(tree.killswitch.sealed()).isTrue();
    }

    @Test
    void aModuleThatIsOlderHasNothingPending() throws Exception {
        Files.delete(tree.root.resolve("pending"));
        Files.delete(tree.root.resolve("sealed"));
        assertThat(tree.killswitch.pending()).isEmpty();
        assertThat(tree.killswitch.sealed()).isFalse();
    }

    @Test
    void hasNothingToTellWhenNothingIsEngaged() throws Exception {
        assertThat(tree.killswitch.engagements()).isEmpty();
        assertThat(tree.killswitch.isLoaded()).isTrue();
    }

    @Test
    void readsItsFlags() throws Exception {
        for (String flag : List.of("0", "1")) {
            tree.write("taint", flag + "\n");
            tree.write("sealed", flag + "\n");
            tree.write("locked", flag + "\n");
            assertThat(tree.killswitch.taint()).isEqualTo(flag.equals("1"));
            assertThat(tree.killswitch.sealed()).isEqualTo(flag.equals("1"));
            assertThat(tree.killswitch.locked()).isEqualTo(flag.equals("1"));
        }
    }

    @Test
    void doesNotGuessAtALineOfAnotherVersion() throws Exception {
        tree.write("engaged", "f retval=-1 hits=3 flavour=new\n");
        assertThat(tree.killswitch.engagements()).hasSize(1);

        tree.write("engaged", "f retval=-1 calls=3\n");
        assertThatThrownBy(tree.killswitch::engagements)
                .isInstanceOf(ControlException.class)
                .hasMessageContaining("calls=3")
                .hasMessageContaining("one version");
    }

    @Test
    void writesEachCommandAsTheModuleTakesIt() throws Exception {
        tree.killswitch.engage(symbol("f"), new Retval(-1));
        assertThat(tree.command()).isEqualTo("engage f -1");

        tree.write("control", "");
        tree.killswitch.tryEngage(symbol("m:f"), new Retval(Long.MIN_VALUE), Duration.ofMinutes(5), Optional.empty());
        assertThat(tree.command()).isEqualTo("tryengage m:f -9223372036854775808 300");

        tree.write("control", "");
        tree.killswitch.engageFor(
                symbol("m:f"), new Retval(-1), Duration.ofMinutes(10), Optional.of(Path.of("/sys/fs/bpf/g")));
        assertThat(tree.command()).isEqualTo("engagefor m:f -1 600 /sys/fs/bpf/g");

        tree.write("control", "");
        tree.killswitch.engageBpf(symbol("f"), Path.of("/x/y.bpf.o"));
        assertThat(tree.command()).isEqualTo("engagebpf f /x/y.bpf.o");

        tree.write("control", "");
        tree.killswitch.engageIf(symbol("m:f"), new Retval(-1), Path.of("/sys/fs/bpf/g"));
        assertThat(tree.command()).isEqualTo("engageif m:f -1 /sys/fs/bpf/g");

        tree.write("control", "");
        tree.killswitch.keep(symbol("m:f"));
        assertThat(tree.command()).isEqualTo("keep m:f");

        tree.write("control", "");
        tree.killswitch.observe(symbol("m:f"), Optional.empty());
        assertThat(tree.command()).isEqualTo("observe m:f");

        tree.write("control", "");
        tree.killswitch.observe(symbol("f"), Optional.of(Path.of("/sys/fs/bpf/g")));
        assertThat(tree.command()).isEqualTo("observe f /sys/fs/bpf/g");

        tree.write("control", "");
        tree.killswitch.enforce(symbol("m:f"), new Retval(-1));
        assertThat(tree.command()).isEqualTo("enforce m:f -1");

        tree.write("control", "");
        tree.killswitch.lock();
        assertThat(tree.command()).isEqualTo("lock");

        tree.write("control", "");
        tree.killswitch.seal();
        assertThat(tree.command()).isEqualTo("seal");

        tree.write("control", "");
        tree.killswitch.disengage(symbol("f"));
        assertThat(tree.command()).isEqualTo("disengage f");

        tree.write("control", "");
        tree.killswitch.disengageAll();
        assertThat(tree.command()).isEqualTo("disengage_all");
    }

    @Test
    void givesTheReasonWithEachCommandThatNamesAFunction() throws Exception {
        Killswitch because = tree.killswitch.withReason(Optional.of(Reason.parse(" CVE-2026-1 # 7 ")));
        Path guard = Path.of("/sys/fs/bpf/g");
        interface Given {
            void command(Killswitch killswitch) throws ControlException;
        }
        Map<String, Given> commands = new LinkedHashMap<>();
        commands.put("engage f -1", k -> k.engage(symbol("f"), new Retval(-1)));
        commands.put("engageif f -1 /sys/fs/bpf/g", k -> k.engageIf(symbol("f"), new Retval(-1), guard));
        commands.put("engagebpf f /o", k -> k.engageBpf(symbol("f"), Path.of("/o")));
        commands.put(
                "tryengage f -1 1",
                k -> k.tryEngage(symbol("f"), new Retval(-1), Duration.ofSeconds(1), Optional.empty()));
        commands.put(
                "engagefor f -1 1",
                k -> k.engageFor(symbol("f"), new Retval(-1), Duration.ofSeconds(1), Optional.empty()));
        commands.put("keep f", k -> k.keep(symbol("f")));
        commands.put("observe f", k -> k.observe(symbol("f"), Optional.empty()));
        commands.put("enforce f -1", k -> k.enforce(symbol("f"), new Retval(-1)));
        commands.put("disengage f", k -> k.disengage(symbol("f")));
        for (Map.Entry<String, Given> given : commands.entrySet()) {
            tree.write("control", "");
            given.getValue().command(because);
            assertThat(tree.command()).isEqualTo(given.getKey() + " # CVE-2026-1 # 7");
        }
        tree.write("control", "");
        because.withReason(Optional.empty()).keep(symbol("f"));
        assertThat(tree.command()).isEqualTo("keep f");
        tree.write("control", "");
        because.lock();
        assertThat(tree.command()).isEqualTo("lock");
    }

    @Test
    void changesTheValueInItsFile() throws Exception {
        tree.write("fn/m:f/retval", "");
        tree.killswitch.set(symbol("m:f"), new Retval(-13));
        assertThat(Files.readString(tree.root.resolve("fn/m:f/retval"))).isEqualTo("-13");

        assertThatThrownBy(() -> tree.killswitch.set(symbol("g"), new Retval(-13)))
                .hasMessage("cannot change the value of g: it is not engaged under this name; see what is: killswitch"
                        + " status");
    }

    @Test
    void writesNoPathThatTheModuleWouldReadAsAnother() throws Exception {
        for (String path :
                new String[] {"/tmp/\u00e9.o", "/tmp/a b.o", "/tmp/\uFFFD.o", "/tmp/'", "/" + "x".repeat(255)}) {
            assertThatThrownBy(() -> tree.killswitch.engageBpf(symbol("f"), Path.of(path)))
                    .isInstanceOf(ControlException.class)
                    .hasMessageContaining(path)
                    .hasMessageContaining("ASCII characters without blanks");
            assertThatThrownBy(() -> tree.killswitch.engageIf(symbol("f"), new Retval(-1), Path.of(path)))
                    .hasMessageContaining("ASCII characters without blanks");
        }
        assertThat(tree.command()).isEmpty();
    }

    @Test
    void refusesAProbeThatTheModuleWouldRefuse() {
        for (Duration probe :
                new Duration[] {Duration.ofSeconds(-1), Duration.ofSeconds(86401), Duration.ofMillis(1)}) {
            assertThatThrownBy(() -> tree.killswitch.tryEngage(symbol("f"), new Retval(-1), probe, Optional.empty()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> tree.killswitch.engageFor(symbol("f"), new Retval(-1), probe, Optional.empty()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void reportsTheHitsFromTheListWhereTheLogIsNotReadable() throws Exception {
        tree.write("engaged", "f retval=-1 hits=3\ng retval=0 hits=4\n");
        tree.write("pending", "m:h retval=0 module=m\n");

        assertThat(tree.killswitch.disengage(symbol("f")))
                .isEqualTo(new Disengaged(symbol("f"), OptionalLong.of(3), false));
        assertThat(tree.killswitch.disengageAll())
                .containsExactly(
                        new Disengaged(symbol("f"), OptionalLong.of(3), false),
                        new Disengaged(symbol("g"), OptionalLong.of(4), false),
                        new Disengaged(symbol("m:h"), OptionalLong.empty(), true));
    }

    @Test
    void carriesTheErrnoOfARefusedWrite() throws Exception {
        Files.delete(tree.root.resolve("control"));
        Files.createSymbolicLink(tree.root.resolve("control"), Path.of("/dev/full"));

        assertThatThrownBy(() -> tree.killswitch.engage(symbol("f"), new Retval(-1)))
                .hasMessage("cannot engage f: the kernel answered ENOSPC; nothing was changed, see dmesg")
                .asInstanceOf(type(ControlException.class))
                .extracting(ControlException::errno)
                .isEqualTo(Optional.of(Errno.ENOSPC));
    }

    @Test
    void saysHowToLoadTheModule() throws Exception {
        Files.writeString(dir.resolve("security/lsm"), "lockdown");
        Killswitch absent = new Killswitch(dir.resolve("security/absent"), KernelLog.ofThisHost());

        assertThat(absent.isLoaded()).isFalse();
        assertThatThrownBy(absent::pending).hasMessageContaining("modprobe killswitch");
        assertThatThrownBy(absent::sealed).hasMessageContaining("modprobe killswitch");
        assertThatThrownBy(absent::engagements).hasMessageContaining("not loaded; run: modprobe killswitch");
        assertThatThrownBy(() -> absent.engage(symbol("f"), new Retval(-1)))
                .hasMessageContaining("modprobe killswitch");
        assertThatThrownBy(() -> absent.disengage(symbol("f"))).hasMessageContaining("modprobe killswitch");
        assertThatThrownBy(absent::disengageAll).hasMessageContaining("modprobe killswitch");
        assertThatThrownBy(absent::taint).hasMessageContaining("modprobe killswitch");
    }

    @Test
    void saysThatSecurityfsIsNotMounted() throws Exception {
        Path empty = Files.createDirectory(dir.resolve("empty"));
        KernelLog log = new KernelLog(dir.resolve("none"), dir.resolve("none"));

        assertThatThrownBy(new Killswitch(empty.resolve("killswitch"), log)::engagements)
                .hasMessageContaining("mount -t securityfs securityfs " + empty);
    }
}
