// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.killswitch.systemtest.Scripts.require;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.qemu.Disk;

/**
 * The packages, in a Debian system as an administrator has it: installed, used, there after a reboot, purged. Under
 * emulation dkms takes a quarter of an hour to build the module, so script/test has the module there already and no
 * headers, and leaves what dkms builds to {@link DkmsTest}.
 */
@Order(1)
final class DebianSystemTest {

    /** What packages, their triggers, and dkms write to when nothing of ours is there any more. */
    private static final String NOT_OURS = "^(/var/(backups|cache|log|tmp|lib/(apt|dpkg|systemd|dkms/dkms_dbversion))"
            + "|/var/lib/dkms/mok|/tmp|/srv|/run|/proc|/sys|/dev|/etc/(adjtime|machine-id|ld.so.cache|\\.updated)|/var/\\.updated"
            + "|/lib/modules/[^/]*/modules\\.|/usr/lib/modules/[^/]*/modules\\.|/boot)";

    private static final String OPTIONS_FILE = "/etc/modprobe.d/killswitch.conf";
    private static final String OPTIONS = "options killswitch engage=version_proc_show=-5";

    @Test
    void installedUsedRebootedAndPurged() {
        withAModule(false);
    }

    @Test
    @OnlyInMatrix
    void soItIsWithAModuleThatDkmsBuildsThere() {
        withAModule(true);
    }

    private static void withAModule(boolean built) {
        Kernel running = Project.kernel("6.1");
        try (Disk disk = Project.debian()) {
            GuestSpec spec =
                    GuestSpec.standard().withMachine(2, 2048).withDisk(disk).withTimeout(Duration.ofMinutes(30));
            GuestSpec first =
                    built ? spec.withFile("/srv/packages", Project.packages()) : Project.withPackages(spec, running);
            try (Guest guest = Project.LAB.boot(running, first)) {
                String modules = "/lib/modules/" + running.version();
                require(guest, built ? "[ -e " + modules + "/build ]" : "depmod; rm " + modules + "/build");
                install(guest);
                assertThat(require(guest, "dkms status"))
                        .startsWith("killswitch/" + Project.version())
                        .endsWith(built ? ": installed\n" : ": added\n");
                use(guest);
                require(guest, "echo '" + OPTIONS + "' > " + OPTIONS_FILE + "; sync");
                guest.cutPower();
            }
            try (Guest guest = Project.LAB.boot(running, spec)) {
                engagedEarly(guest);
                purge(guest);
                assertThat(guest.run("modprobe killswitch").status() == 0)
                        .as("a module is there that is not the packages'")
                        .isEqualTo(!built);
            }
        }
    }

    private static void install(Guest guest) {
        assertThat(require(guest, "cat /proc/1/comm")).isEqualTo("systemd\n");
        guest.run("systemctl is-system-running --wait");
        assertThat(require(guest, "systemctl --failed --plain --no-legend")).isEmpty();
        require(guest, inventory("before"));
        require(
                guest,
                "export DEBIAN_FRONTEND=noninteractive; dpkg -i /srv/packages/killswitch_*.deb /srv/packages/killswitch-dkms_*.deb");
    }

    /** Has a file in /srv list what there is, what configuration says, and what systemd remembers of our units. */
    private static String inventory(String name) {
        return "{ find / -xdev | grep -vE '" + NOT_OURS + "' | sort"
                + " && find /etc -type f | grep -vE '" + NOT_OURS + "' | sort | xargs -d '\\n' md5sum"
                + " && find /var/lib/systemd -name '*killswitch*'; } > /srv/" + name;
    }

    private static void use(Guest guest) {
        assertThat(require(guest, "systemctl is-active killswitch.service")).isEqualTo("active\n");
        assertThat(require(guest, "cat /sys/kernel/security/killswitch/taint")).isEqualTo("1\n");
        assertThat(require(guest, "killswitch engage cmdline_proc_show -EIO")).contains("-5 (EIO)");
        assertThat(guest.run("cat /proc/cmdline").output()).contains("Input/output error");
        assertThat(require(guest, "killswitch status")).contains("cmdline_proc_show");
        require(guest, "killswitch disengage cmdline_proc_show");
        require(guest, "cat /proc/cmdline");
        assertThat(require(guest, "man -w killswitch 2>/dev/null || ls /usr/share/man/man8/killswitch.8.gz"))
                .contains("killswitch.8");
        require(guest, "bash -n /usr/share/bash-completion/completions/killswitch");
    }

    /** The service has loaded the module, with what modprobe.d says, before the network and anything that users start. */
    private static void engagedEarly(Guest guest) {
        assertThat(guest.run("cat /proc/version").output()).contains("Input/output error");
        assertThat(require(guest, "cat /sys/kernel/security/killswitch/engaged"))
                .startsWith("version_proc_show retval=-5 hits=");
        assertThat(require(guest, "dmesg")).contains("killswitch: engage version_proc_show=-5 source=modparam");
        long ours = started(guest, "killswitch.service");
        assertThat(ours).isPositive();
        for (String later : List.of("sysinit.target", "basic.target", "multi-user.target")) {
            assertThat(ours).as("before %s", later).isLessThan(started(guest, later));
        }
    }

    /** When a unit became active, in microseconds since the kernel started. */
    private static long started(Guest guest, String unit) {
        guest.run("systemctl is-system-running --wait");
        return Long.parseLong(require(guest, "systemctl show -P ActiveEnterTimestampMonotonic " + unit)
                .strip());
    }

    private static void purge(Guest guest) {
        // The administrator's file is not the packages'; with one of them purged the other still reads it.
        for (String name : List.of("killswitch", "killswitch-dkms")) {
            require(guest, "export DEBIAN_FRONTEND=noninteractive; dpkg --purge " + name);
            assertThat(require(guest, "cat " + OPTIONS_FILE)).isEqualTo(OPTIONS + "\n");
        }
        require(guest, "rm " + OPTIONS_FILE);
        // what is engaged stays so, whatever happens to the packages
        assertThat(guest.run("cat /proc/version").output()).contains("Input/output error");
        assertThat(require(guest, "dkms status 2>/dev/null"))
                .isEmpty(); // dkms says on stderr that it has nothing to say
        require(guest, inventory("after"));
        assertThat(guest.run("diff /srv/before /srv/after").output()).isEmpty();
        require(guest, "echo disengage_all > /sys/kernel/security/killswitch/control && rmmod killswitch");
        assertThat(guest.run("systemctl cat killswitch.service").status()).isNotZero();
    }
}
