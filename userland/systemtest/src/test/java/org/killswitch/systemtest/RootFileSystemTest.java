// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.killswitch.systemtest.Scripts.require;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestFailure;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Output;
import org.killswitch.lab.qemu.Disk;

/** The lab's Debian system is one like any other's, and its kernel is watched like any guest's. */
final class RootFileSystemTest {

    @Test
    void systemdBootsItAndItKeepsWhatIsChangedButNotInTheImage() throws IOException {
        Kernel kernel = Project.kernel("6.1");
        try (Disk disk = Project.debian()) {
            GuestSpec spec = GuestSpec.standard().withDisk(disk);
            FileTime made = Files.getLastModifiedTime(disk.image());
            try (Guest guest = Project.LAB.boot(kernel, spec)) {
                assertThat(require(guest, "cat /proc/1/comm; uname -r"))
                        .isEqualTo("systemd\n" + kernel.version() + "\n");
                assertThat(guest.run("systemctl is-system-running --wait")).isEqualTo(new Output(0, "running\n"));
                assertThat(require(guest, "systemctl is-active systemd-udevd systemd-journald killswitch-lab-agent"))
                        .isEqualTo("active\n".repeat(3));
                assertThat(require(guest, "findmnt -no SOURCE,FSTYPE,OPTIONS /"))
                        .matches("/dev/vda +ext4 +rw,.*\n");
                require(guest, "ip link add name d0 type dummy && lsmod | grep -w dummy");
                require(guest, "echo kept > /srv/kept");
            }
            assertThatThrownBy(() -> {
                        try (Guest guest = Project.LAB.boot(kernel, spec)) {
                            assertThat(require(guest, "cat /srv/kept")).isEqualTo("kept\n");
                            assertThat(require(guest, "dmesg")).doesNotContain("recovery");
                            guest.run("echo '------------[ cut here ]------------' > /dev/kmsg; sleep 20");
                        }
                    })
                    .isInstanceOfSatisfying(
                            GuestFailure.class, e -> assertThat(e.kind()).isEqualTo(GuestFailure.Kind.WARNING));
            assertThat(Files.getLastModifiedTime(disk.image())).isEqualTo(made);
        }
    }
}
