// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Connection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.killswitch.fleet.api.Member;
import org.killswitch.fleet.api.Opening.Stage;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.Report.Phase;
import org.killswitch.fleet.api.Rollout;
import org.killswitch.fleet.api.Store;
import org.killswitch.fleet.web.Chromium;

/** The page in a real browser: the real controller, a real nats-server, and the reports of 10,000 hosts in it. */
class PageTest extends FleetFixture {

    private static final int FLEET = 10_000;
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final Pattern ADDRESS = Pattern.compile("serves the page on (http://\\S+)");
    private static final Path PICTURES = Path.of("target/pictures");
    private static final String POLICY = """
            serial: 1
            expires: 2099-12-31T00:00:00Z
            confirm: 30m
            rings:
              - name: canary
                labels: [ring=canary]
                gate: {soak: 1s}
              - name: tenth
                share: 10%
                gate: {soak: 20m, failed: 5%, reached: 90%, hits: 1000000}
              - name: rest
                observe: 10m
                gate: {soak: 20m, failed: 5%, reached: 90%}
            entries: [{symbol: f, retval: -1}]
            """;

    private String digest = "";

    /** Each host has a certificate; here one may write the reports of all. */
    private Connection everyHost() throws Exception {
        Path hosts = server.folder().resolve("hosts.conf");
        String text = Files.readString(hosts);
        assertThat(text).contains("\"$KV.fleet-hosts.h1\"");
        Files.writeString(hosts, text.replace("\"$KV.fleet-hosts.h1\"", "\"$KV.fleet-hosts.*\""));
        server.kill();
        server.start();
        return connect("h1");
    }

    private static Member member(int i) {
        Map<String, String> labels = i < 100 ? Map.of("ring", "canary", "role", "web") : Map.of("role", "db");
        return new Member("host-" + i, labels, "6.1.0-28-amd64", "debian");
    }

    private static boolean isInTenth(int i) {
        return i >= 100 && member(i).place() < 0.1;
    }

    private void report(Connection all, int i, Phase phase, String message, List<String> trouble) {
        List<String> reboots =
                i % 4 == 3 ? List.of("CVE-2026-31431: 6.1.0-30-amd64 is installed and has the fix: reboot") : List.of();
        boolean has = phase != Phase.NONE;
        Report report = new Report(
                member(i),
                has ? 1 : 0,
                digest,
                "",
                phase,
                0,
                phase == Phase.KEPT ? 1 : 0,
                message,
                has ? Map.of("f", 10L + i % 7, "<b>g</b>", 1L) : Map.of(),
                List.of(),
                trouble,
                reboots,
                Optional.empty());
        all.publish(Store.subject(Store.HOSTS, "host-" + i), report.bytes());
    }

    private String address() throws Exception {
        Path controllerLog = folder.resolve("controller.log");
        until(
                "it serves",
                () -> ADDRESS.matcher(Files.readString(controllerLog)).find());
        Matcher m = ADDRESS.matcher(Files.readString(controllerLog));
        assertThat(m.find()).isTrue();
        return m.group(1);
    }

    private String web() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), TOKEN);
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        return "web: {listen: '127.0.0.1:0', token: " + token + "}\n";
    }

    private static String sum(String what) {
        return "[...document.querySelectorAll('#sums li')].find(l => l.innerText.includes('" + what
                + "')).querySelector('b').innerText";
    }

    private static String shows(String what, String number) {
        return "document.querySelector('#sums li') && " + sum(what) + " === '" + number + "'";
    }

    @Test
    @SuppressWarnings("try") // that closing a connection can be interrupted is no matter
    void tenThousandHosts() throws Exception {
        try (Connection all = everyHost()) {
            startControllerProcess(web());
            until(
                    "it leads",
                    () -> Files.readString(folder.resolve("controller.log")).contains("leads"));
            for (int i = 0; i < FLEET; i++) {
                report(all, i, Phase.NONE, "", List.of());
            }
            all.flush(Duration.ofSeconds(20));
            try (Chromium chromium = new Chromium(Files.createDirectory(folder.resolve("chromium")))) {
                chromium.look(1600, 1000, "light");
                chromium.open(address(), "Authorization", "Bearer " + TOKEN);
                chromium.until(shows("hosts", "10,000"));
                assertThat(chromium.evaluate("document.getElementById('rollout').innerText"))
                        .isEqualTo("No roll-out");
                rollOut(chromium, all);
                itLooksWell(chromium);
                keyboard(chromium);
                metrics();
                anotherControllerShowsTheSame();
                serverGoesAway(chromium);
            }
        }
    }

    private static Optional<Rollout> rollout(Connection operator) throws Exception {
        Optional<byte[]> message = Store.get(operator, Store.ROLLOUT, Store.ROLLOUT_KEY);
        return message.isPresent() ? Optional.of(Rollout.of(message.get())) : Optional.empty();
    }

    @SuppressWarnings("try")
    private void rollOut(Chromium chromium, Connection all) throws Exception {
        push(POLICY);
        try (Connection operator = connect("operator")) {
            until("there is a roll-out", () -> rollout(operator).isPresent());
            digest = rollout(operator).orElseThrow().digest();
            for (int i = 100; i < FLEET; i++) {
                report(all, i, Phase.WAITING, "", List.of());
            }
            until("the tenth opens", () -> {
                // what counts is what they say when the ring has been watched for long enough
                for (int i = 0; i < 100; i++) {
                    report(all, i, Phase.TRIAL, "", List.of());
                }
                all.flush(Duration.ofSeconds(20));
                return rollout(operator).orElseThrow().stages().get("tenth") == Stage.TRIAL;
            });
        }
        long tenth = 0;
        for (int i = 0; i < FLEET; i++) {
            tenth += isInTenth(i) ? 1 : 0;
            if (i < 100 || isInTenth(i)) {
                boolean fails = isInTenth(i) && tenth <= 20;
                report(
                        all,
                        i,
                        i < 100 ? Phase.KEPT : fails ? Phase.FAILED : Phase.TRIAL,
                        fails ? "<script>complain()</script> cannot engage f" : "",
                        List.of());
            }
        }
        all.flush(Duration.ofSeconds(20));
        String inEffect = String.format(Locale.ROOT, "%,d", 100 + tenth - 20);
        chromium.until(shows("in effect", inEffect));
        chromium.until(shows("failed", "20"));
        chromium.until(shows("wait for a reboot", "2,500"));
        chromium.until("document.querySelectorAll('#rings > li').length === 3");
        assertThat(chromium.evaluate("document.querySelectorAll('#rings > li')[1].innerText"))
                .contains(
                        "tenth", "on trial", "share 10%", tenth - 20 + " of " + tenth + ", at least 90%", "20 failed");
        assertThat(chromium.evaluate("document.getElementById('functions').innerText"))
                .contains("<b>g</b>\t10,000\t10,000");
        assertThat(chromium.evaluate("document.getElementById('reboots').innerText"))
                .contains("CVE-2026-31431", "2,500 hosts");
        assertThat(chromium.evaluate("document.getElementById('decisions').innerText"))
                .contains(
                        "engage ring tenth",
                        "controller on ",
                        "keep ring canary",
                        "100 of 100 hosts well",
                        "ann@example.org");
        picture(chromium, "trial");
        itFollowsSoon(chromium, all);
        report(all, 5, Phase.KEPT, "", List.of("oops"));
        all.flush(Duration.ofSeconds(20));
        chromium.until(shows("kernel trouble", "1"));
        chromium.until("document.getElementById('notice').innerText.includes('kernel trouble in ring canary')");
        assertThat(chromium.evaluate("document.getElementById('rollout').innerText"))
                .isEqualTo("Serial 1: halted");
    }

    /** The fastest of four changes counts: others use this machine, too. */
    private void itFollowsSoon(Chromium chromium, Connection all) throws Exception {
        Duration fastest = Duration.ofDays(1);
        for (int turn = 0; turn < 4; turn++) {
            boolean fails = turn % 2 == 0;
            report(all, FLEET - 1, fails ? Phase.FAILED : Phase.WAITING, "", List.of());
            all.flush(Duration.ofSeconds(20));
            Duration took = chromium.until(shows("failed", fails ? "21" : "20"));
            fastest = took.compareTo(fastest) < 0 ? took : fastest;
        }
        assertThat(fastest).isLessThan(Duration.ofSeconds(2));
    }

    private static void picture(Chromium chromium, String what) throws Exception {
        chromium.picture(Files.createDirectories(PICTURES).resolve("page-" + what + ".png"));
    }

    /** No scrolling sideways, no text that is cut, and contrast is for whoever looks at the pictures. */
    private static void itLooksWell(Chromium chromium) throws Exception {
        for (int width : new int[] {360, 1600}) {
            for (String scheme : List.of("light", "dark")) {
                chromium.look(width, 1000, scheme);
                chromium.until("document.querySelectorAll('#list tbody tr').length === 50");
                assertThat(chromium.evaluate("document.documentElement.scrollWidth"))
                        .as("width of the page")
                        .isEqualTo(String.valueOf(width));
                assertThat(chromium.evaluate(
                                "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth"
                                        + " && !e.closest('thead')).map(e => e.outerHTML.slice(0, 90)).join()"))
                        .isEmpty();
                picture(chromium, width + "-" + scheme);
            }
        }
        assertThat(chromium.complaints).isEmpty();
    }

    /** From a state to its hosts, to the next page, and to one host, without a mouse. */
    private static void keyboard(Chromium chromium) throws Exception {
        chromium.evaluate("document.querySelector('#states button[data-host-state=failed]').focus()");
        chromium.press("Enter", "Enter", 13);
        chromium.until("document.getElementById('found').innerText === '20 hosts'");
        assertThat(chromium.evaluate("document.activeElement.id")).isEqualTo("state");
        assertThat(chromium.evaluate("document.querySelector('#list tbody').innerText"))
                .contains("<script>complain()</script> cannot engage f");
        chromium.evaluate("document.querySelector('#filter button').focus()");
        chromium.press("Enter", "Enter", 13);
        chromium.until("document.getElementById('found').innerText === '10,000 hosts'");
        chromium.evaluate("document.getElementById('next').focus()");
        chromium.press("Enter", "Enter", 13);
        chromium.until("document.getElementById('page').innerText === 'Page 2 of 200'");
        chromium.evaluate("document.getElementById('text').focus()");
        chromium.type("host-4711");
        chromium.until("document.getElementById('found').innerText === '1 host'");
        assertThat(chromium.complaints).isEmpty();
    }

    private void metrics() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address() + "/metrics"))
                    .header("Authorization", "Bearer " + TOKEN)
                    .build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .body()
                            .lines())
                    .contains(
                            "killswitch_fleet_leads 1",
                            "killswitch_fleet_hosts{state=\"kept\"} 100",
                            "killswitch_fleet_hosts{state=\"failed\"} 20",
                            "killswitch_fleet_reboot_hosts 2500",
                            "killswitch_fleet_ring_stage{ring=\"rest\",stage=\"closed\"} 1",
                            "killswitch_fleet_rollout{state=\"halted\"} 1");
        }
    }

    private void anotherControllerShowsTheSame() throws Exception {
        RunningController second = startController();
        until("it follows", () -> second.view().policy().isPresent());
        assertThat(second.view().leads()).isFalse();
        assertThat(second.view().rollout().orElseThrow().halted()).isTrue();
        assertThat(second.view().fleet().hosts()).hasSize(FLEET);
    }

    private void serverGoesAway(Chromium chromium) throws Exception {
        server.kill();
        chromium.until("document.getElementById('notice').innerText.includes('no connection with the NATS server')");
        assertThat(chromium.evaluate(sum("hosts"))).as("as it was known last").isEqualTo("10,000");
        server.start();
        chromium.until("!document.getElementById('notice').innerText.includes('no connection with the NATS server')");
        assertThat(chromium.complaints).isEmpty();
    }
}
