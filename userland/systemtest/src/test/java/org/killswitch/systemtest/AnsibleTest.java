// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.killswitch.systemtest.Scripts.require;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Output;
import org.killswitch.lab.qemu.Disk;

/** The example role, run by Debian's ansible against a Debian system, over ssh. */
final class AnsibleTest {

    private static final Path ROLE = Project.ROOT.resolve("packaging/ansible");
    private static final Path PLAYBOOK = ROLE.resolve("killswitch.yml");

    private static final Pattern RECAP =
            Pattern.compile("^guest +: ok=\\d+ +changed=(\\d+) +unreachable=0 +failed=(\\d+) ", Pattern.MULTILINE);

    /** 6.1 has the fix of the CVE. */
    private static final String POLICY =
            "{symbol: version_proc_show, retval: -EIO, reason: ticket 4711}, {cve: CVE-2026-31431, until: fixed}";

    private static final String EIO = "Input/output error";

    @TempDir
    private static Path folder;

    /** What a run of ansible came to. */
    private record Run(int changed, int failed, String output) {}

    @Test
    void theLintersHaveNothingToSay() {
        assertThat(Project.tryRun(List.of("yamllint", "--strict", ROLE.toString())))
                .isEqualTo(new Output(0, ""));
        Output lint = Project.tryRun(List.of(
                "env",
                "-C",
                ROLE.toString(),
                "HOME=" + folder,
                "ansible-lint",
                "--offline",
                "--nocolor",
                "--strict",
                "roles/killswitch",
                PLAYBOOK.getFileName().toString()));
        assertThat(lint.status()).as(lint.output()).isZero();
    }

    @Test
    @OnlyInMatrix
    void checkedAppliedRefusedAndRolledBack() throws IOException {
        Kernel kernel = Project.kernel("6.1");
        int port = freePort();
        Path key = folder.resolve("key");
        Project.run(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()));
        Files.writeString(
                folder.resolve("inventory"),
                "guest ansible_host=127.0.0.1 ansible_port=" + port
                        + " ansible_user=root ansible_python_interpreter=/usr/bin/python3\n");
        try (Disk disk = Project.debian()) {
            GuestSpec spec = GuestSpec.standard()
                    .withMachine(2, 2048)
                    .withDisk(disk)
                    .withSsh(port)
                    .withFile("/etc/ssh/authorized_keys", folder.resolve("key.pub"))
                    .withFile("/srv/modules", Project.LAB.buildModules(kernel, Project.ROOT.resolve("kernel")))
                    .withTimeout(Duration.ofMinutes(20));
            try (Guest guest = Project.LAB.boot(kernel, spec)) {
                listen(guest);
                checkModeInstallsNothing(guest);
                appliesOnce(guest);
                checkModeShowsWhatWouldChange(guest);
                aWrongPolicyChangesNothing(guest);
                whatTheKernelRefusesIsRolledBack(guest);
                backToNothing(guest);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void listen(Guest guest) {
        require(guest, "install -D -t /lib/modules/$(uname -r)/updates /srv/modules/killswitch.ko && depmod");
        require(guest, """
                link=$(ls /sys/class/net | grep -vx lo)
                ip link set "$link" up
                ip address add 10.0.2.15/24 dev "$link"
                echo AuthorizedKeysFile /etc/ssh/authorized_keys > /etc/ssh/sshd_config.d/key.conf
                systemctl unmask --quiet ssh.service
                systemctl start ssh.service
                """);
    }

    private static Run ansible(String policy, String... options) throws IOException {
        try (var debs = Files.newDirectoryStream(Project.packages(), "killswitch_*.deb")) {
            // dkms would take minutes, and the module is there
            String deb = debs.iterator().next().toString();
            List<String> command = new ArrayList<>(List.of(
                    "env",
                    "HOME=" + folder,
                    "ANSIBLE_NOCOLOR=1",
                    "ANSIBLE_PIPELINING=1",
                    "ANSIBLE_ROLES_PATH=" + ROLE.resolve("roles"),
                    "ANSIBLE_SSH_CONTROL_PATH_DIR=" + folder.resolve("ssh"),
                    "ansible-playbook",
                    "-v",
                    "--inventory",
                    folder.resolve("inventory").toString(),
                    "--private-key",
                    folder.resolve("key").toString(),
                    "--ssh-common-args",
                    "-o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=" + folder.resolve("known_hosts"),
                    "--timeout",
                    "120",
                    "--extra-vars",
                    "{killswitch_package_files: ['" + deb + "'], killswitch_policy: [" + policy + "]}"));
            command.addAll(List.of(options));
            command.add(PLAYBOOK.toString());
            Output output = Project.tryRun(command);
            Matcher recap = RECAP.matcher(output.output());
            assertThat(recap.find()).as(output.output()).isTrue();
            assertThat(output.status() == 0)
                    .as(output.output())
                    .isEqualTo(recap.group(2).equals("0"));
            return new Run(Integer.parseInt(recap.group(1)), Integer.parseInt(recap.group(2)), output.output());
        }
    }

    private static void checkModeInstallsNothing(Guest guest) throws IOException {
        Run run = ansible(POLICY, "--check");
        assertThat(run.failed()).as(run.output()).isZero();
        assertThat(run.changed()).as(run.output()).isPositive();
        assertThat(guest.run("dpkg -s killswitch || ls /etc/killswitch").status())
                .isNotZero();
    }

    private static void appliesOnce(Guest guest) throws IOException {
        Run first = ansible(POLICY);
        assertThat(first.failed()).as(first.output()).isZero();
        assertThat(first.changed()).isPositive();
        isFollowed(guest);
        Run second = ansible(POLICY);
        assertThat(second.failed()).as(second.output()).isZero();
        assertThat(second.changed()).as(second.output()).isZero();
        isFollowed(guest);
    }

    private static void isFollowed(Guest guest) {
        assertThat(guest.run("cat /proc/version").output()).contains(EIO);
        assertThat(require(guest, "cut -d ' ' -f 1 /sys/kernel/security/killswitch/engaged"))
                .isEqualTo("version_proc_show\n");
        assertThat(require(guest, "killswitch diff 2>/dev/null")).isEmpty();
        assertThat(require(guest, "ls /etc/killswitch/policy.d; ls -d /tmp/killswitch.* || true"))
                .startsWith("ansible.yaml\n")
                .contains("No such file");
    }

    private static void checkModeShowsWhatWouldChange(Guest guest) throws IOException {
        Run run = ansible("{symbol: loadavg_proc_show, retval: -EIO}", "--check");
        assertThat(run.failed()).as(run.output()).isZero();
        assertThat(run.changed()).isPositive();
        assertThat(run.output())
                .contains(
                        "+ loadavg_proc_show returns -5 (EIO)",
                        "- version_proc_show returns -5 (EIO) (not in the policy)");
        isFollowed(guest);
    }

    private static void aWrongPolicyChangesNothing(Guest guest) throws IOException {
        Run run = ansible("{symbol: loadavg_proc_show, retval: -EIO, untill: fixed}");
        assertThat(run.failed()).isEqualTo(1);
        assertThat(run.output()).contains("ansible.yaml:", "untill: unknown key");
        isFollowed(guest);
    }

    /** Nobody knows before that it does. */
    private static void whatTheKernelRefusesIsRolledBack(Guest guest) throws IOException {
        Run run = ansible("{symbol: loadavg_proc_show, retval: -EIO}, {symbol: capable, retval: 1}");
        assertThat(run.failed()).as(run.output()).isEqualTo(1);
        assertThat(run.output())
                .contains("TASK [killswitch : Put the old policy back]", "old policy is in place again");
        require(guest, "cat /proc/loadavg");
        isFollowed(guest);
    }

    private static void backToNothing(Guest guest) throws IOException {
        Run run = ansible("");
        assertThat(run.failed()).as(run.output()).isZero();
        assertThat(run.changed()).isPositive();
        require(guest, "cat /proc/version");
        assertThat(require(guest, "cat /sys/kernel/security/killswitch/engaged"))
                .isEmpty();
        assertThat(ansible("").changed()).isZero();
    }
}
