// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.killswitch.systemtest.Scripts.require;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Output;
import org.killswitch.lab.qemu.Disk;

/** The policy of a Debian system over its boots: what comes back, what is left out, and the way out. */
final class PolicyBootTest {

    private static final String EIO = "Input/output error";

    /** A system that comes up takes less from when the module is loaded. */
    private static final Duration IN_VAIN = Duration.ofSeconds(75);

    private static final String STATE = "/etc/killswitch/boot.state";

    @Test
    void persistedRebootedBrokenAndSkipped() {
        Kernel kernel = Project.kernel("6.1");
        try (Disk disk = Project.debian(kernel)) {
            GuestSpec spec =
                    GuestSpec.standard().withMachine(2, 2048).withDisk(disk).withTimeout(Duration.ofMinutes(20));
            GuestSpec first = spec.withFile("/srv/packages", Project.packages())
                    .withFile("/srv/modules", Project.LAB.buildModules(kernel, Project.ROOT.resolve("kernel")));
            try (Guest guest = Project.LAB.boot(kernel, first)) {
                install(guest);
                persist(guest);
                guest.cutPower();
            }
            try (Guest guest = Project.LAB.boot(kernel, spec)) {
                isBack(guest);
                comesToBeGood(guest);
                require(
                        guest,
                        "echo '- {symbol: security_bprm_check, retval: -EACCES}' > /etc/killswitch/policy.d/bad.yaml; sync");
                guest.cutPower();
            }
            Project.LAB.bootInVain(kernel, spec, "killswitch: engage security_bprm_check=-13 source=modparam", IN_VAIN);
            try (Guest guest = Project.LAB.boot(kernel, spec)) {
                isLeftOut(guest);
                guest.cutPower();
            }
            try (Guest guest = Project.LAB.boot(kernel, spec.withAppend(List.of("killswitch.skip=1")))) {
                isSkipped(guest);
            }
        }
    }

    private static void install(Guest guest) {
        require(guest, "install -D -t /lib/modules/$(uname -r)/updates /srv/modules/killswitch.ko && depmod");
        require(guest, "export DEBIAN_FRONTEND=noninteractive; dpkg -i /srv/packages/killswitch_*.deb");
        assertThat(require(
                        guest, "systemctl is-enabled killswitch.service killswitch-good.timer killswitch-ended.timer"))
                .isEqualTo("enabled\nenabled\nenabled\n");
        require(guest, "systemctl start killswitch.service");
        isActive(guest);
    }

    private static void isActive(Guest guest) {
        String unit = "killswitch.service";
        assertThat(guest.run("systemctl is-active " + unit + " || journalctl -b -u " + unit)
                        .output())
                .isEqualTo("active\n");
    }

    private static void persist(Guest guest) {
        require(guest, "killswitch engage version_proc_show -EIO --reason 'ticket 4711'");
        require(guest, "killswitch engage cmdline_proc_show -EIO --when 'uid == 65534'");
        require(guest, "killswitch observe uptime_proc_show");
        assertThat(guest.run("killswitch diff").status()).isEqualTo(3);
        assertThat(require(guest, "killswitch persist")).contains("zz-persist.yaml has 3 entries");
        assertThat(require(guest, "killswitch diff")).isEmpty();
        Output refused =
                guest.run("echo '- {symbol: nosuch_function, retval: -1}\n- {symbol: loadavg_proc_show, retval:"
                        + " -EIO}' > /etc/killswitch/policy.d/a.yaml; killswitch apply");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.output()).contains("policy.d/a.yaml:1: ", "nothing was changed");
        require(guest, "rm /etc/killswitch/policy.d/a.yaml; cat /proc/loadavg");
        assertThat(require(guest, "killswitch show cmdline_proc_show")).contains("uid == 65534");
        // two files of modprobe.d, with more than one string of a parameter would hold
        for (String file : List.of("a", "b")) {
            require(
                    guest,
                    "for i in $(seq 100); do echo options killswitch engage=nosuch_" + file
                            + "$i:function_number_$i=-1;" + " done > /etc/modprobe.d/" + file + ".conf");
        }
        require(guest, "sync");
    }

    private static void isBack(Guest guest) {
        assertThat(require(guest, "cat " + STATE)).contains("boot ").doesNotContain("\ngood ");
        isActive(guest);
        assertThat(guest.run("cat /proc/version").output()).contains(EIO);
        assertThat(guest.run("setpriv --reuid 65534 cat /proc/cmdline").output())
                .contains(EIO);
        require(guest, "cat /proc/cmdline");
        assertThat(require(guest, "cat /sys/kernel/security/killswitch/fn/uptime_proc_show/state"))
                .isEqualTo("observing\n");
        assertThat(require(guest, "cat /sys/kernel/security/killswitch/fn/version_proc_show/reason"))
                .isEqualTo("ticket 4711\n");
        assertThat(require(guest, "grep -c ^nosuch_ /sys/kernel/security/killswitch/pending"))
                .isEqualTo("200\n");
        assertThat(require(guest, "dmesg")).contains("killswitch: engage version_proc_show=-5 source=modparam");
        assertThat(require(guest, "killswitch diff 2>/dev/null")).isEmpty();
        assertThat(require(guest, "killswitch apply 2>/dev/null")).startsWith("0 changes made");
        guest.run("systemctl is-system-running --wait");
        long ours = became(guest, "killswitch.service");
        assertThat(ours).isPositive();
        for (String later : List.of("sysinit.target", "systemd-user-sessions.service")) {
            assertThat(ours).as("before %s", later).isLessThan(became(guest, later));
        }
    }

    /** When a unit became active, in microseconds since the kernel started. */
    private static long became(Guest guest, String unit) {
        return Long.parseLong(require(guest, "systemctl show -P ActiveEnterTimestampMonotonic " + unit)
                .strip());
    }

    /** Two minutes after the system came up, and not before. */
    private static void comesToBeGood(Guest guest) {
        require(guest, "for i in $(seq 240); do grep -q '^boot ' " + STATE + " || exit 0; sleep 1; done; exit 1");
        assertThat(require(guest, "cat " + STATE)).contains("\ngood engage version_proc_show -5\n");
        long waited = became(guest, "killswitch-good.timer");
        assertThat(waited).isGreaterThan(became(guest, "multi-user.target"));
    }

    private static void isLeftOut(Guest guest) {
        assertThat(guest.run("cat /proc/version").output()).contains(EIO);
        assertThat(guest.run("setpriv --reuid 65534 cat /proc/cmdline").output())
                .contains(EIO);
        assertThat(guest.run("systemctl is-active killswitch.service").output()).isEqualTo("failed\n");
        assertThat(require(guest, "journalctl -b -u killswitch.service"))
                .contains("bad.yaml:1: left out: the system did not come up with");
        assertThat(require(guest, "killswitch status"))
                .contains(
                        "left out at boot, because the system did not come up with it: engage security_bprm_check -13");
        Output apply = guest.run("killswitch apply");
        assertThat(apply.status()).isEqualTo(1);
        assertThat(apply.output()).contains("left out");
        require(guest, "true");
    }

    private static void isSkipped(Guest guest) {
        require(guest, "cat /proc/version");
        assertThat(require(
                        guest, "cat /sys/kernel/security/killswitch/engaged /sys/kernel/security/killswitch/pending"))
                .isEmpty();
        assertThat(require(guest, "killswitch status")).contains("killswitch.skip=1 is on the kernel's command line");
        assertThat(require(guest, "grep left-out " + STATE)).contains("security_bprm_check");
    }
}
