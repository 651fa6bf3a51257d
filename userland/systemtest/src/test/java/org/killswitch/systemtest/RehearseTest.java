// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.killswitch.lab.Output;

/** Rehearsals on this machine's files, with a kernel of the lab: its own need not be installed. */
final class RehearseTest {

    /** What a guest writes to, if it could, and what is made for a guest. */
    private static final List<String> WATCHED = List.of("/", "/etc", "/run", "/tmp", "/var/tmp");

    private static final String MARK = "/etc/killswitch-rehearsed";

    private List<String> before = List.of();

    @BeforeEach
    void look() throws IOException {
        before = names();
    }

    @AfterEach
    void nothingHasChangedHere() throws IOException {
        assertThat(Path.of(MARK)).doesNotExist();
        assertThat(names()).isEqualTo(before);
    }

    /** Other programs of this machine make files of their own in these folders: ours have names of ours. */
    private static List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        for (String folder : WATCHED) {
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                files.map(Path::toString)
                        .filter(f -> !folder.contains("tmp") || f.contains("killswitch-rehearsal"))
                        .sorted()
                        .forEach(names::add);
            }
        }
        return names;
    }

    private static Output rehearse(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Project.IMAGE.resolve("bin/killswitch").toString(), "rehearse", "--kernel", "6.12"));
        command.addAll(List.of(arguments));
        return Project.tryRun(command);
    }

    /** Then the guest has it too, and a service is started there. */
    private static boolean hasSystemd() throws IOException {
        Path init = Path.of("/sbin/init");
        return Files.exists(init) && init.toRealPath().endsWith("systemd");
    }

    @Test
    void whatTheWorkloadNeedsIsNamed() throws IOException {
        Output changed = rehearse("tcp_v4_connect", "-EPERM");
        assertThat(changed.status()).as(changed.output()).isEqualTo(3);
        assertThat(changed.output())
                .contains("tcp_v4_connect returning -1 (EPERM): changes something")
                .contains("1 of " + (hasSystemd() ? 15 : 14) + " steps changes: connect over loopback.")
                .containsPattern("tcp_v4_connect +-1 \\(EPERM\\) +[1-9]")
                .containsPattern("connect over loopback +works +fails .*can't connect")
                // each step has done what it is there for
                .doesNotContain("shows nothing");
    }

    @Test
    void aKernelThatOopsesIsNotWell() {
        Output oops = rehearse("unix_seq_show", "-1", "--", "cat", "/proc/net/unix");
        assertThat(oops.status()).as(oops.output()).isEqualTo(4);
        assertThat(oops.output())
                .contains("unix_seq_show returning -1 (EPERM): breaks the kernel", "(during: cat /proc/net/unix)")
                .containsPattern("cat /proc/net/unix +works +not tried")
                .contains("RIP: 0010:unix_seq_stop");
    }

    @Test
    void aCommandThatNeedsNothingOfItChangesNothing() {
        Output fine = rehearse(
                "cmdline_proc_show",
                "-EIO",
                "--when",
                "uid == 0",
                "--json",
                "--",
                "touch " + MARK + " && test ! -d /run/systemd/system && cat /proc/version");
        assertThat(fine.status()).as(fine.output()).isZero();
        assertThat(fine.output())
                .contains("\"verdict\" : \"fine\"", "\"symbol\" : \"cmdline_proc_show\"", "\"changed\" : false")
                .contains("no call reached what is engaged")
                .containsPattern("\"exit_status\" : 0,\\s+\"output\" : \"Linux version 6");
    }
}
