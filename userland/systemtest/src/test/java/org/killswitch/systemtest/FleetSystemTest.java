// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.killswitch.systemtest.Scripts.require;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Output;
import org.killswitch.lab.qemu.Disk;

/** A fleet of one, from its Debian packages: NATS server, controller and agent on a system whose kernel is real. */
@Order(1)
final class FleetSystemTest {

    private static final Path SHIPPED = Project.ROOT.resolve("packaging/fleet");
    private static final String STATE = "/sys/kernel/security/killswitch/fn/version_proc_show/state";
    private static final String FLEET = "killswitch fleet";
    private static final String AS_OPERATOR = " --config /etc/killswitch/operator.yaml";

    /** What SPEC 18 has an agent take at most. */
    private static final int AGENT_KIB = 64 * 1024;

    private static final String POLICY = """
            serial: 1
            expires: 2099-12-31T00:00:00Z
            confirm: 10m
            rings:
              - name: canary
                labels: [ring=canary]
                observe: 3s
                gate: {soak: 3s}
            entries:
              - {symbol: version_proc_show, retval: -EIO}
            """;

    @Test
    void aPolicyIsKeptAndTakenBack(@TempDir Path folder) throws IOException {
        Kernel kernel = Project.kernel("6.1");
        try (Disk disk = Project.debian();
                Guest guest = Project.LAB.boot(
                        kernel,
                        Project.withPackages(GuestSpec.standard(), kernel)
                                .withMachine(2, 2048)
                                .withDisk(disk)
                                .withTimeout(Duration.ofMinutes(20))
                                .withFile("/srv/nats", nats(folder))
                                .withFile("/usr/sbin/nats-server", natsServer()))) {
            require(guest, "depmod");
            require(
                    guest,
                    "export DEBIAN_FRONTEND=noninteractive; cd /srv/packages;"
                            + " dpkg -i killswitch_*.deb killswitch-agent_*.deb killswitch-fleet_*.deb");
            // until it is told where the server is, it does not run
            assertThat(require(guest, "systemctl is-enabled killswitch-agent killswitch-fleet"))
                    .isEqualTo("enabled\nenabled\n");
            assertThat(guest.run("systemctl is-active killswitch-agent killswitch-fleet")
                            .output())
                    .isEqualTo("inactive\ninactive\n");
            require(guest, "systemctl start killswitch.service");
            start(guest);
            isKept(guest);
            isTakenBack(guest);
            require(
                    guest,
                    "export DEBIAN_FRONTEND=noninteractive; dpkg --purge killswitch-agent killswitch-fleet;"
                            + " ! ls -d /usr/lib/killswitch-* /usr/sbin/killswitch-* /usr/share/doc/killswitch-*");
            assertThat(require(guest, "systemctl --failed --plain --no-legend")).isEmpty();
        }
    }

    /** Needs nothing of the system that it was installed on. */
    private static Path natsServer() {
        return Path.of(Project.run(List.of("sh", "-c", "PATH=$PATH:/usr/sbin command -v nats-server"))
                .strip());
    }

    /** What docs/fleet.md has in /etc/killswitch/nats. */
    private static Path nats(Path folder) throws IOException {
        for (List<String> which : List.of(
                List.of("server", "localhost"),
                List.of("role", "controller"),
                List.of("role", "operator"),
                List.of("host", "web1"))) {
            List<String> command =
                    new ArrayList<>(List.of(SHIPPED.resolve("fleet-certificate").toString(), folder.toString()));
            command.addAll(which);
            Project.run(command);
        }
        Files.copy(SHIPPED.resolve("nats-server.conf"), folder.resolve("nats-server.conf"));
        return folder;
    }

    private static void start(Guest guest) {
        require(guest, """
                set -e
                mkdir -p /etc/killswitch/fleet /var/lib/nats/jetstream
                cd /etc/killswitch
                cp -r /srv/nats .
                cp nats/ca.pem fleet/ca.pem && cp nats/web1.pem fleet/certificate.pem && cp nats/web1.key fleet/key.pem
                for role in controller operator; do
                    printf '%s\\n' "name: $role" server:\\ tls://localhost:4222 \
                        "certificate: /etc/killswitch/nats/$role.pem" "key: /etc/killswitch/nats/$role.key" > $role.yaml
                done
                mv controller.yaml fleet.yaml
                printf '%s\\n' 'name: web1' 'labels: [ring=canary]' 'server: tls://localhost:4222' > agent.yaml
                ssh-keygen -q -t ed25519 -N '' -f /srv/ann
                echo "ann@example.org namespaces=\\"killswitch-fleet\\" $(cat /srv/ann.pub)" > fleet/allowed_signers
                systemd-run --quiet --unit nats nats-server -c /etc/killswitch/nats/nats-server.conf
                systemctl start killswitch-fleet killswitch-agent
                """);
        require(guest, "cat > /srv/policy.yaml <<'END'\n" + POLICY + "END");
        awaitTold(guest, "hosts", "grep -q web1");
    }

    private static void isKept(Guest guest) {
        require(guest, "cat /proc/version");
        require(guest, FLEET + " push /srv/policy.yaml --key /srv/ann" + AS_OPERATOR);
        await(guest, "! cat /proc/version");
        await(guest, "grep -q '^engaged$' " + STATE);
        await(guest, "grep -q version_proc_show /etc/killswitch/policy.d/50-fleet.yaml");
        awaitTold(guest, "hosts", "grep -q kept");
        assertThat(require(guest, FLEET + " status" + AS_OPERATOR)).contains("canary");
        assertThat(require(guest, "killswitch diff")).isEmpty();
        awaitTold(guest, "report --json", "tee /srv/report | grep '.judged.:1'");
        assertThat(verdicts(guest, "cat /srv/report", "\"(affected|mitigated|unknown|fixed|not present)\":1"))
                .as("what the host says itself")
                .isEqualTo(verdicts(guest, "killswitch cve scan --json", "\"verdict\" : \"([a-z ]+)\""))
                .isNotEmpty();
        itsAgentIsSmall(guest);
    }

    /** It has applied a policy and had every CVE of the catalogue judged; what that took, it gives back within a minute. */
    private static void itsAgentIsSmall(Guest guest) {
        String process = "/proc/"
                + require(guest, "systemctl show -P MainPID killswitch-agent").strip();
        String rss = "awk '/^VmRSS:/ {print $2}' " + process + "/status";
        String atRest = "for s in $(seq 60); do kb=$(" + rss + "); test $kb -gt " + AGENT_KIB
                + " || break; sleep 1; done; echo $kb";
        String where = "awk '/^[0-9a-f]+-/ {of = $6 ? $6 : \"memory\"} /^Rss:/ {kb[of] += $2}"
                + " END {for (of in kb) if (kb[of] > 500) print kb[of], of}' " + process + "/smaps | sort -rn";
        int kib = Integer.parseInt(require(guest, atRest).strip());
        assertThat(kib).as(() -> require(guest, where)).isBetween(1, AGENT_KIB);
    }

    /** How many CVEs have which verdict; an exit status of 3 or 4 is about them. */
    private static Map<String, Long> verdicts(Guest guest, String command, String pattern) {
        Output output = guest.run(command);
        assertThat(output.status()).as(output.toString()).isIn(0, 3, 4);
        return Pattern.compile(pattern)
                .matcher(output.output())
                .results()
                .collect(Collectors.groupingBy(r -> r.group(1), TreeMap::new, Collectors.counting()));
    }

    private static void isTakenBack(Guest guest) {
        require(guest, FLEET + " rollback 'breaks nothing, but to see it'" + AS_OPERATOR);
        await(guest, "cat /proc/version");
        await(guest, "! grep -q version_proc_show /etc/killswitch/policy.d/50-fleet.yaml");
        assertThat(require(guest, FLEET + " status" + AS_OPERATOR)).contains("breaks nothing, but to see it");
    }

    /** Has the guest wait until the fleet's command tells it. Each run takes half a minute, and a processor, of the others. */
    private static void awaitTold(Guest guest, String command, String condition) {
        await(guest, FLEET + " " + command + AS_OPERATOR + " | " + condition, 10);
    }

    /** Has the guest wait until a command succeeds. */
    private static void await(Guest guest, String condition) {
        await(guest, condition, 1);
    }

    private static void await(Guest guest, String condition, int pause) {
        require(guest, """
                end=$(($(date +%%s) + 300))
                while [ $(date +%%s) -lt $end ]; do
                    if { %s; } > /dev/null 2>&1; then exit 0; fi
                    sleep %d
                done
                echo "never: %s"
                journalctl --no-pager --lines 40 --unit nats --unit killswitch-fleet --unit killswitch-agent
                exit 1
                """.formatted(
                        condition, pause, condition.replace("\"", "").replace("$", "")));
    }
}
