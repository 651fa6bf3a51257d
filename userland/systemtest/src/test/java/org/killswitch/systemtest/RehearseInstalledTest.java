// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Output;

/**
 * A rehearsal as an administrator of Debian does it: with the package installed, on the kernel that Debian booted and
 * the module that is installed for it. The system is a folder that is changed into, and is told which kernel runs: one
 * guest inside of another, both emulated, would take half an hour.
 */
final class RehearseInstalledTest {

    /** Prints what is on a system, but for what the test puts there, and what more tests of find leave out. */
    static final String ALL_FILES =
            "find / -xdev ! -path '/srv/*' %s '(' -type d -print -o -printf '%%p %%s %%T@\\n' ')' | sort";

    /**
     * $1 is the Debian system, $2 the packages, $3 the module, $4 the kernel's release, $5 an empty folder. What is written
     * goes to memory; the kernel that is really running is hidden.
     */
    private static final String PREPARE = """
            mount -t tmpfs none $5; mkdir $5/new $5/work $5/root
            mount -t overlay -o lowerdir=$1,upperdir=$5/new,workdir=$5/work none $5/root
            cd $5/root
            mount -t proc none proc; mount -t sysfs -o ro none sys; mount --bind /dev dev; mount -t tmpfs none run
            mkdir srv/packages; cp $2/killswitch_*.deb srv/packages
            mkdir -p lib/modules/$4/updates/dkms; cp $3/killswitch.ko lib/modules/$4/updates/dkms
            depmod -b . $4
            DEBIAN_FRONTEND=noninteractive chroot . sh -c 'dpkg -i /srv/packages/killswitch_*.deb' >&2
            echo $4 > srv/release; mount --bind srv/release proc/sys/kernel/osrelease
            gzip -c boot/config-$4 > srv/config.gz; [ ! -e proc/config.gz ] || mount --bind srv/config.gz proc/config.gz
            there() { chroot . %s; }
            run() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . "$@"; }
            """.formatted(ALL_FILES.formatted(""));

    @TempDir
    private Path folder;

    private Output inDebian(Kernel kernel, String script) {
        Path root = Project.LAB.debianTree(List.of(kernel), List.of("busybox-static", "qemu-system-x86"));
        Path module = Project.LAB.buildModules(kernel, Project.ROOT.resolve("kernel"));
        return Project.tryRun(List.of(
                "timeout",
                "600",
                "unshare",
                "--mount",
                "--pid",
                "--fork",
                "sh",
                "-euc",
                PREPARE + script,
                "sh",
                root.toString(),
                Project.packages().toString(),
                module.toString(),
                kernel.version(),
                folder.toString()));
    }

    @Test
    void anInstalledCommandRehearsesACveOnTheKernelThatRunsAndLeavesNothing() {
        String output = rehearses(Project.kernel("6.1"));
        assertThat(output)
                .containsPattern("door af_alg_aead +open +closed: bind: EPERM")
                .doesNotContain("is not here");
    }

    @Test
    @OnlyInMatrix
    void soItDoesOnDebian13() {
        assertThat(rehearses(Project.kernel("newest")))
                .as("it lets no user have the algorithm by itself")
                .containsPattern("door af_alg_aead +not here: bind: ENOENT +closed: bind: EPERM")
                .contains("note: the door was not open before");
    }

    @Test
    @OnlyInMatrix
    void aCommandStartsAServiceWhereThatIsWanted() {
        Output output = inDebian(Project.kernel("6.1"), """
                status=0
                run killswitch rehearse cmdline_proc_show -EIO --services -- \\
                    'systemctl start systemd-sysctl && systemctl is-active systemd-sysctl' || status=$?
                echo "exit status $status"
                """);
        assertThat(output.output()).contains("exit status 0").containsPattern("systemctl start .* works +works");
    }

    private String rehearses(Kernel kernel) {
        Output output = inDebian(kernel, """
                there > srv/before
                status=0; run killswitch rehearse CVE-2026-31431 || status=$?
                there > srv/after
                diff srv/before srv/after >&2
                echo "exit status $status"
                """);
        assertThat(output.status()).as(output.output()).isZero();
        assertThat(output.output())
                .contains("CVE-2026-31431: fine", "exit status 0", "rehearsed on " + kernel.version());
        return output.output();
    }
}
