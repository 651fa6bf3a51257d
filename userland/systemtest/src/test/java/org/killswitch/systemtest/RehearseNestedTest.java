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

/** A rehearsal on a booted Debian 12 with the package installed: a guest inside of a guest, both emulated. */
final class RehearseNestedTest {

    private static final String THERE = RehearseInstalledTest.ALL_FILES.formatted("! -path '/var/log/*'");

    @Test
    @OnlyInMatrix
    void aBootedSystemRehearsesOnItself() {
        Kernel kernel = Project.kernel("6.1");
        try (Disk disk = Project.LAB.debian(List.of(kernel), List.of("busybox-static", "qemu-system-x86"));
                Guest guest = Project.LAB.boot(
                        kernel,
                        Project.withPackages(GuestSpec.standard(), kernel)
                                .withMachine(2, 4096)
                                .withDisk(disk)
                                .withTimeout(Duration.ofMinutes(90)))) {
            require(guest, "depmod; cd /srv/packages; DEBIAN_FRONTEND=noninteractive dpkg -i killswitch_*.deb");
            require(guest, THERE + " > /srv/before");
            Output changed = timed(guest, "version_proc_show -EIO -- cat /proc/version");
            assertThat(changed.status()).as(changed.output()).isEqualTo(3);
            Output oops = timed(guest, "unix_seq_show -1 -- cat /proc/net/unix");
            assertThat(oops.status()).as(oops.output()).isEqualTo(4);
            assertThat(require(guest, THERE + " > /srv/after; diff /srv/before /srv/after"))
                    .isEmpty();
        }
    }

    private static Output timed(Guest guest, String arguments) {
        long start = System.nanoTime();
        Output output = guest.run("cd /root; killswitch rehearse " + arguments);
        System.err.println(
                arguments + ": " + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s\n" + output.output());
        return output;
    }
}
