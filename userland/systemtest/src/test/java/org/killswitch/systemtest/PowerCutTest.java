// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.killswitch.systemtest.Scripts.require;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.killswitch.lab.CommandInGuest;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.qemu.Disk;

/**
 * The power goes while the policy and the state of boots are written to an ext4 file system: it has the old files or the
 * new ones, and the next boot engages what they say.
 */
final class PowerCutTest {

    private static final String FOLDER = "/etc/killswitch";

    private static final String POLICY = FOLDER + "/policy.d/zz-persist.yaml";
    private static final String UNFINISHED_POLICY = FOLDER + "/policy.d/.zz-persist.yaml";
    private static final String UNFINISHED_STATE = FOLDER + "/.boot.state";

    private static final String FEW = "version_proc_show";

    /** Of a module that is not there, so that they wait for it; with them the policy is of some blocks. */
    private static final int MORE = 150;

    private static final String NAME = "nosuch_module:function_whose_name_makes_the_policy_longer_";

    /** Has the policy be one entry and many in turn. */
    private static final String LOOP = """
            control=/sys/kernel/security/killswitch/control
            more() { i=0; while [ $i -lt %d ]; do echo "$1 %s$i$2" > $control; i=$((i + 1)); done; }
            few() { killswitch disengage --all; echo 'engage %s -5' > $control; }
            round() {
                few; killswitch persist; killswitch boot; killswitch boot --good
                more engage ' -1'; killswitch persist; killswitch boot
                killswitch disengage --all; killswitch apply --retry; killswitch boot --good
            }
            """.formatted(MORE, NAME, FEW);

    @Test
    void theFilesAreWholeAndTheNextBootEngagesThem() throws InterruptedException {
        cutAt(List.of(100));
    }

    /** Writing a file takes about half a second. */
    @Test
    @OnlyInMatrix
    void soItIsAtEachMoment() throws InterruptedException {
        Cuts cuts = cutAt(List.of(0, 100, 250, 450));
        assertThat(cuts.found()).as("both were there at some time").isEqualTo(cuts.whole());
    }

    /**
     * Policies.
     *
     * @param whole that were written
     * @param found that a boot after a power cut had
     */
    private record Cuts(Set<String> whole, Set<String> found) {}

    /**
     * Cuts the power while each of the two files is written, and boots after each cut.
     *
     * @param moments how long after the new file has appeared beside the old one, in milliseconds
     */
    private static Cuts cutAt(List<Integer> moments) throws InterruptedException {
        Kernel kernel = Project.kernel("6.12");
        try (Disk disk = Disk.empty(64)) {
            GuestSpec spec = Project.withCommand(kernel).withDisk(disk);
            Set<String> whole = new HashSet<>();
            try (Guest guest = boot(kernel, spec)) {
                engages(guest, 0);
                whole.add(persisted(guest, "few"));
                whole.add(persisted(guest, "more engage ' -1'"));
                guest.cutPower();
            }
            assertThat(whole).hasSize(2);
            Set<String> found = new HashSet<>();
            for (int moment : moments) {
                for (String unfinished : List.of(UNFINISHED_POLICY, UNFINISHED_STATE)) {
                    try (Guest guest = boot(kernel, spec)) {
                        found.add(isWhole(guest, whole));
                        isApplied(guest);
                        cut(guest, unfinished, moment);
                    }
                }
            }
            try (Guest guest = boot(kernel, spec)) {
                persisted(guest, "few");
                assertThat(require(guest, "ls -A " + FOLDER + " " + FOLDER + "/policy.d"))
                        .as("what was not finished is removed")
                        .doesNotContain(".zz-persist.yaml.", ".boot.state.");
            }
            return new Cuts(whole, found);
        }
    }

    private static Guest boot(Kernel kernel, GuestSpec spec) {
        Guest guest = Project.LAB.boot(kernel, spec);
        CommandInGuest.link(guest);
        require(
                guest,
                "modprobe -a virtio_blk crc32c_generic ext4 2>/dev/null; mkdir -p " + FOLDER
                        + "; mount -t ext4 /dev/vda " + FOLDER + " && insmod /modules/killswitch.ko");
        return guest;
    }

    private static String persisted(Guest guest, String what) {
        require(guest, LOOP + what + " && killswitch persist && killswitch boot && killswitch boot --good && sync");
        return require(guest, "cat " + POLICY);
    }

    /** The policy, which is one of those that were written. */
    private static String isWhole(Guest guest, Set<String> whole) {
        String policy = require(guest, "cat " + POLICY);
        assertThat(whole).contains(policy);
        assertThat(require(guest, "ls " + FOLDER + "/policy.d")).isEqualTo("zz-persist.yaml\n");
        String state = require(guest, "cat " + FOLDER + "/boot.state");
        assertThat(state).startsWith("# What killswitch.service knows").endsWith("\n");
        for (String word : List.of("good", "tried", "left-out")) {
            long count = state.lines().filter(l -> l.startsWith(word + " ")).count();
            assertThat(count).as(state).isIn(0L, 1L, (long) MORE, MORE + 1L);
        }
        assertThat(state.lines().skip(1))
                .allMatch(l -> l.matches(
                        "boot [0-9a-f-]{36}|(good|tried|left-out) engage (" + FEW + " -5|" + NAME + "\\d+ -1)"));
        return policy;
    }

    /** But for what was new with a boot that is not known to have come up. */
    private static void isApplied(Guest guest) {
        guest.run("killswitch boot");
        assertThat(require(guest, "killswitch diff 2>/dev/null")).isEmpty();
        assertThat(require(guest, "cut -d ' ' -f 1 /sys/kernel/security/killswitch/engaged"))
                .isEqualTo(FEW + "\n");
        int leftOut = Integer.parseInt(require(guest, "grep -c ^left-out " + FOLDER + "/boot.state || true")
                .strip());
        int wanted = Integer.parseInt(
                require(guest, "grep -c nosuch_module " + POLICY + " || true").strip());
        assertThat(leftOut).isIn(0, MORE);
        engages(guest, wanted == 0 ? 0 : wanted - leftOut);
    }

    private static void engages(Guest guest, int waiting) {
        assertThat(require(guest, "grep -c . /sys/kernel/security/killswitch/pending || true"))
                .isEqualTo(waiting + "\n");
    }

    private static void cut(Guest guest, String unfinished, int moment) throws InterruptedException {
        require(
                guest,
                LOOP + "while :; do round; done >/dev/null 2>&1 & exec >/dev/null\n" + "until set -- " + unfinished
                        + ".*; [ -e \"$1\" ]; do :; done");
        Thread.sleep(moment);
        guest.cutPower();
    }
}
