// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.killswitch.systemtest.Scripts.require;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.fleet.Keys;
import org.killswitch.fleet.NatsServer;
import org.killswitch.fleet.web.Chromium;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestFailure;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;

/**
 * Three hosts with real kernels, of two architectures, each with the agent's image; server, controller and operator are on
 * this machine, as programs.
 */
@Timeout(value = 25, unit = TimeUnit.MINUTES)
final class FleetGuestsTest {

    private static final Path BUILT = Project.ROOT.resolve("userland/fleet/target");
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final Pattern PAGE = Pattern.compile("serves the page on (http://\\S+)");
    private static final Pattern TAKEN_BACK = Pattern.compile("(?m)^new .* 3 +undone +.*oops.*taken back");
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    /** The hosts by name, and their kernels. */
    private static final Map<String, String> HOSTS = hosts();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private Keys keys;

    @SuppressWarnings("NullAway.Init")
    private Path key;

    @SuppressWarnings("NullAway.Init")
    private NatsServer server;

    @SuppressWarnings("NullAway.Init")
    private Process controller;

    @SuppressWarnings("NullAway.Init")
    private Path operator;

    private final Map<String, Guest> guests = new LinkedHashMap<>();

    private static Map<String, String> hosts() {
        Map<String, String> hosts = new LinkedHashMap<>();
        hosts.put("old", "5.10");
        hosts.put("new", "6.12");
        hosts.put("arm", "6.12-arm64");
        return hosts;
    }

    @Test
    void realHosts() throws Exception {
        startServer();
        for (var host : HOSTS.entrySet()) {
            guests.put(host.getKey(), boot(host.getKey(), Project.kernel(host.getValue())));
        }
        until("all report", () -> HOSTS.keySet().stream().allMatch(fleet("hosts")::contains));
        for (var host : HOSTS.entrySet()) {
            assertThat(fleet("hosts"))
                    .containsPattern(host.getKey() + " +"
                            + Pattern.quote(Project.kernel(host.getValue()).version()) + " ");
        }
        aRingAfterTheOther();
        itsCallersAreKnown();
        takenBackByAnOrder();
        aHostThatLosesTheNetworkUndoesIt();
        anOopsHaltsIt();
    }

    @AfterEach
    void stop() throws InterruptedException {
        guests.values().forEach(Guest::close);
        if (controller != null) {
            controller.destroy();
            controller.waitFor();
        }
        if (server != null) {
            server.close();
        }
    }

    private void startServer() throws Exception {
        keys = new Keys(Files.createDirectory(folder.resolve("keys")));
        key = keys.allow("ann@example.org", "");
        server = new NatsServer(Files.createDirectory(folder.resolve("nats")), List.copyOf(HOSTS.keySet()));
        operator = server.configFile("operator", keys.signatures());
        Path token = Files.writeString(folder.resolve("token"), TOKEN);
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        Path config = server.configFile("controller", keys.signatures());
        Files.writeString(config, "web: {listen: '127.0.0.1:0', token: " + token + "}\n", StandardOpenOption.APPEND);
        controller = new ProcessBuilder(program(), "serve", "--config", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        until("it leads", () -> Files.readString(log()).contains("leads"));
    }

    private Path log() {
        return folder.resolve("controller.log");
    }

    private static String program() {
        return BUILT.resolve("killswitch-fleet/bin/killswitch-fleet").toString();
    }

    private Guest boot(String name, Kernel kernel) throws IOException {
        Path own = Files.createDirectory(folder.resolve(name));
        Path nats = server.folder();
        Files.copy(nats.resolve("ca.pem"), own.resolve("ca.pem"));
        Files.copy(nats.resolve(name + ".pem"), own.resolve("certificate.pem"));
        Files.copy(nats.resolve(name + ".key"), own.resolve("key.pem"));
        Files.copy(keys.allowed(), own.resolve("allowed_signers"));
        Files.writeString(
                own.resolve("agent.yaml"),
                "name: " + name + "\nlabels: [host=" + name + "]\nserver: tls://localhost:" + server.port() + "\n");
        GuestSpec spec = GuestSpec.standard()
                .withMachine(1, 1024)
                .withAvailable(List.of("virtio_net"))
                .withReached(server.port())
                .withFile("/etc/killswitch/fleet", own)
                .withFile("/modules", Project.LAB.buildModules(kernel, Project.ROOT.resolve("kernel")));
        spec = withSshKeygen(spec, kernel);
        spec = Project.LAB.withJavaProgram(
                spec, kernel, "/usr/lib/killswitch-agent", BUILT.resolve("killswitch-agent"));
        Guest guest = Project.LAB.boot(kernel, spec);
        require(guest, """
                set -e
                insmod /modules/killswitch.ko
                modprobe virtio_net
                mkdir -p /var/lib/killswitch
                echo 'hosts: files' > /etc/nsswitch.conf
                echo '10.0.2.100 localhost' > /etc/hosts
                link=$(ls /sys/class/net | grep -vx lo)
                ip address add 10.0.2.15/24 dev $link
                ip link set $link up
                setsid /usr/lib/killswitch-agent/bin/killswitch-agent /etc/killswitch/fleet/agent.yaml > /run/agent.log 2>&1 &
                """);
        return guest;
    }

    /** What the agent has signatures checked by. */
    private static GuestSpec withSshKeygen(GuestSpec spec, Kernel kernel) {
        var architecture = kernel.release().architecture();
        if (architecture.isHost()) {
            return spec.withFile("/usr/bin/ssh-keygen", Path.of("/usr/bin/ssh-keygen"));
        }
        Path root = Project.LAB.packages(architecture, "trixie", List.of("openssh-client"));
        return spec.withFile("/usr/bin/ssh-keygen", root.resolve("usr/bin/ssh-keygen"))
                .withLibraries(
                        root.resolve("usr/lib/" + architecture.triplet()),
                        List.of("libcrypto.so.3", "libselinux.so.1", "libpcre2-8.so.0", "libzstd.so.1"));
    }

    private void aRingAfterTheOther() throws Exception {
        push(1, "version_proc_show, retval: -EIO", "10m", "1s", "old");
        until("all keep it", () -> kept() == HOSTS.size());
        for (Guest guest : guests.values()) {
            assertThat(guest.run("cat /proc/version").status()).isNotZero();
            assertThat(require(guest, "cat /sys/kernel/security/killswitch/fn/version_proc_show/state"))
                    .isEqualTo("engaged\n");
            assertThat(require(guest, "cat /etc/killswitch/policy.d/50-fleet.yaml"))
                    .contains("version_proc_show");
        }
        assertThat(fleet("status")).containsSubsequence("engage ring first", "keep ring first", "engage ring rest");
    }

    private long kept() {
        return Pattern.compile(" 1 +kept ").matcher(fleet("hosts")).results().count();
    }

    /** Somebody tries on each of the hosts; the page says how often, and on how many, and a command by which programs. */
    private void itsCallersAreKnown() throws Exception {
        long calls = 0;
        for (Guest guest : guests.values()) {
            require(guest, "for i in $(seq 50); do cat /proc/version; done 2> /dev/null; true");
            require(guest, """
                    echo 'echo curious > /proc/$$/comm; read x < /proc/version' > /tmp/curious
                    sh /tmp/curious 2> /dev/null; true
                    """);
            calls += Long.parseLong(require(guest, "cat /sys/kernel/security/killswitch/fn/version_proc_show/hits")
                    .strip());
        }
        assertThat(calls).isGreaterThanOrEqualTo(51L * HOSTS.size());
        Matcher page = PAGE.matcher(Files.readString(log()));
        assertThat(page.find()).isTrue();
        try (Chromium chromium = new Chromium(Files.createDirectory(folder.resolve("chromium")))) {
            chromium.open(page.group(1), "Authorization", "Bearer " + TOKEN);
            chromium.until("document.getElementById('functions')?.innerText.match(/version_proc_show\\s+" + calls
                    + "\\s+" + HOSTS.size() + "/)");
            assertThat(chromium.complaints).isEmpty();
        }
        String all = "\"function\":\"version_proc_show\",\"calls\":" + calls + ",\"followed\":" + HOSTS.size();
        // the name has the newline that was written with it
        until("each call is of a program", () -> fleet("callers", "--json").contains(all));
        assertThat(fleet("callers", "version_proc_show"))
                .startsWith("calls are followed on 3 of 3 hosts\nFUNCTION ")
                .containsPattern("version_proc_show +curious\\? +3 +3 +arm new old\n");
    }

    private void takenBackByAnOrder() throws Exception {
        fleet("rollback", "seen enough");
        for (Guest guest : guests.values()) {
            until("it is taken back", () -> guest.run("cat /proc/version").status() == 0);
            assertThat(guest.run("cat /etc/killswitch/policy.d/50-fleet.yaml").output())
                    .doesNotContain("version_proc_show");
        }
    }

    private void aHostThatLosesTheNetworkUndoesIt() throws Exception {
        Guest guest = guest("old");
        push(2, "version_proc_show, retval: -EIO", "60s", "50s", "old");
        until("it is on trial", () -> guest.run("cat /proc/version").status() != 0);
        require(guest, "ip link set $(ls /sys/class/net | grep -vx lo) down");
        until("it has undone it by itself", () -> guest.run("cat /proc/version").status() == 0);
        require(guest, "ip link set $(ls /sys/class/net | grep -vx lo) up");
        until("the roll-out is halted", () -> fleet("status").contains("halt, take back ring first"));
        assertThat(fleet("status")).doesNotContain("keep ring first");
        assertThat(engaged(guest("new"))).isEmpty();
    }

    /**
     * unix_seq_show with such a value has /proc/net/unix release a lock that it does not hold. The lab ends a guest whose
     * kernel oopsed when it takes a command: this one is heard of by its agent alone.
     */
    private void anOopsHaltsIt() throws Exception {
        Guest guest = guest("new");
        require(guest, """
                (until grep -q unix_seq_show /sys/kernel/security/killswitch/engaged; do sleep 1; done
                sleep 2
                cat /proc/net/unix) > /dev/null 2>&1 &
                """);
        push(3, "unix_seq_show, retval: -1", "10m", "1m", "new");
        until("the roll-out is halted", () -> fleet("status").contains("halt"));
        assertThat(fleet("status"))
                .containsPattern("halt, take back ring first")
                .contains("kernel trouble on new: oops")
                .doesNotContain("ring rest");
        until("it is taken back", () -> TAKEN_BACK.matcher(fleet("hosts")).find());
        for (String other : List.of("old", "arm")) {
            assertThat(engaged(guest(other))).isEmpty();
        }
        guest.cutPower();
        guests.remove("new");
    }

    private static String engaged(Guest guest) {
        return require(guest, "cat /sys/kernel/security/killswitch/engaged");
    }

    private Guest guest(String name) {
        Guest guest = guests.get(name);
        assertThat(guest).isNotNull();
        return guest;
    }

    private void push(int serial, String entry, String confirm, String soak, String first) throws IOException {
        Path policy = Files.writeString(
                folder.resolve("policy.yaml"), """
                serial: %d
                expires: 2099-12-31T00:00:00Z
                confirm: %s
                rings:
                  - name: first
                    labels: [host=%s]
                    gate: {soak: %s}
                  - name: rest
                    gate: {soak: %s}
                entries:
                  - {symbol: %s}
                """.formatted(serial, confirm, first, soak, soak, entry));
        fleet("push", policy.toString(), "--key", key.toString());
    }

    /** Has an operator run a command. */
    private String fleet(String... arguments) {
        List<String> command = new ArrayList<>(List.of(program()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--config", operator.toString()));
        return Project.run(command);
    }

    private void until(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                StringBuilder why = new StringBuilder("never: " + what + "\n" + Files.readString(log()));
                guests.forEach((name, guest) -> why.append(name).append(":\n").append(said(guest)));
                throw new AssertionError(why);
            }
            Thread.sleep(500);
        }
    }

    private static String said(Guest guest) {
        try {
            return guest.run("cat /run/agent.log; cat /sys/kernel/security/killswitch/engaged")
                    .output();
        } catch (GuestFailure e) {
            return e.getMessage() + "\n";
        }
    }
}
