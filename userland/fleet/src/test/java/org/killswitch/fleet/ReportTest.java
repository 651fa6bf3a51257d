// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the hosts say of CVEs, and what an operator sees happen. */
class ReportTest extends FleetFixture {

    private static final String CVE = "CVE-2026-31431";

    private void untilReported(int status, String... parts) throws Exception {
        until(
                "reported: " + String.join(", ", parts),
                () -> List.of(parts).stream().allMatch(said("report", CVE)::contains));
        assertThat(command(status, "report", CVE)).contains(parts);
    }

    @Test
    void verdictsByHost() throws Exception {
        startController();
        untilLogged("leads");
        startFleet(h -> h.verdicts(Map.of(CVE, "fixed", "CVE-2022-0185", "not present")));
        untilReported(0, CVE + ": 5 hosts: 5 fixed");
        fleet.host("h3").verdicts(Map.of(CVE, "affected", "CVE-2022-0185", "unknown"));
        fleet.killAgent("h3");
        fleet.startAgent("h3");
        untilReported(4, CVE + ": 5 hosts: 1 affected, 4 fixed");
        assertThat(command(4, "report", CVE.toLowerCase(Locale.ROOT)))
                .as("only what needs attention is listed")
                .containsPattern("h3 +6.1.0-28-amd64 +affected +loaded")
                .doesNotContain("h1 ");
        assertThat(command(4, "report"))
                .contains("5 of 5 hosts are judged")
                .containsPattern("CVE-2026-31431 +1 +0 +0\n")
                .containsPattern("CVE-2022-0185 +0 +0 +1\n");
        assertThat(command(4, "report", CVE, "--json"))
                .contains("\"counts\":{\"affected\":1,\"fixed\":4}")
                .contains(
                        "{\"host\":\"h1\",\"kernel\":\"6.1.0-28-amd64\",\"verdict\":\"fixed\",\"reachable\":\"loaded\",");
        assertThat(command(1, "report", "CVE-2026-99999")).contains("no host knows CVE-2026-99999");

        // what is engaged changes: it is judged again
        fleet.host("h3").verdicts(Map.of(CVE, "mitigated"));
        push(f(1));
        untilEngaged(HOSTS, "f=-1");
        untilReported(3, CVE + ": 5 hosts: 4 fixed, 1 mitigated");
    }

    private void untilCalled(String... patterns) throws Exception {
        until(
                "called: " + String.join(", ", patterns),
                () -> List.of(patterns).stream()
                        .allMatch(
                                p -> Pattern.compile(p).matcher(said("callers")).find()));
    }

    @Test
    void whoCallsByProgram() throws Exception {
        startController();
        untilLogged("leads");
        startFleet(h -> {});
        fleet.host("h5").untraceable("there is no tracefs");
        until("all report", () -> HOSTS.stream().allMatch(command(0, "hosts")::contains));
        assertThat(command(0, "callers")).isEqualTo("calls are followed on 0 of 5 hosts\n");
        push(policy(1, "40s", "1s", "symbol: f, retval: -1", "symbol: mod:g, retval: -1"));
        untilEngaged(HOSTS, "f=-1", "mod:g=-1");
        untilCalled("followed on 4 of 5 hosts\nnot on h5: there is no tracefs\nFUNCTION +PROGRAM +CALLS +HOSTS\n"
                + "f +- +0 +0\nmod:g +- +0 +0\n$");
        for (String host : List.of("h1", "h2", "h3")) {
            fleet.host(host).call("f", "sshd", 2);
        }
        fleet.host("h1").call("f", "\u001b[31mcron", 1);
        fleet.host("h4").call("mod:g", "ping", 400);
        for (int i = 0; i < 10; i++) {
            fleet.host("h2").call("f", "x" + i, 1);
        }
        untilCalled(
                "\nmod:g +ping +400 +1 +h4\nf +sshd +6 +3 +h1 h2 h3\nf +\\?\\[31mcron +1 +1 +h1\n",
                "\nf +x6 +1 +1 +h2\nf +\\(others\\) +3 +1 +h2\n$");
        assertThat(command(0, "callers", "g")).contains("ping").doesNotContain("sshd");
        assertThat(command(1, "callers", "h"))
                .endsWith("no host follows calls of h: it is neither observed nor engaged;"
                        + " see killswitch fleet callers\n");
        assertThat(command(2, "callers", "f+4")).hasLineCount(1);
        assertThat(command(0, "callers", "g", "--json"))
                .isEqualTo("{\"version\":1,\"hosts\":5,\"followed\":4,\"sampled\":[],"
                        + "\"missing\":[{\"why\":\"there is no tracefs\",\"hosts\":[\"h5\"]}],"
                        + "\"functions\":[{\"function\":\"mod:g\",\"calls\":400,\"followed\":4,"
                        + "\"callers\":[{\"program\":\"ping\",\"calls\":400,\"hosts\":[\"h4\"]}]}]}\n");
        fleet.host("h4").call("mod:g", "ping", 100_000);
        untilCalled("\na sample, as there were too many: h4\n", "\nmod:g +ping +100400 +1 +h4\n");
    }

    @Test
    void whatWasStoredIsSentAgainToAServerThatLostIt() throws Exception {
        startController();
        untilLogged("leads");
        startFleet(h -> h.verdicts(Map.of(CVE, "affected")));
        untilReported(4, CVE + ": 5 hosts: 5 affected");
        server.kill();
        server.forget();
        server.start();
        startController();
        untilReported(4, CVE + ": 5 hosts: 5 affected");
    }

    @Test
    void whatHappensIsWatched() throws Exception {
        startAll();
        Process watch = startOperator("watch");
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        Thread reader = Thread.ofVirtual().start(() -> {
            try (BufferedReader in = watch.inputReader(StandardCharsets.UTF_8)) {
                in.lines().forEach(lines::add);
            } catch (IOException | UncheckedIOException e) {
                lines.add("cannot be read: " + e);
            }
        });
        until("it shows the hosts", () -> lines.stream().anyMatch(l -> l.endsWith("5 hosts: h1 h2 h3 h4 h5: none")));
        fleet.host("h4").refuse("g");
        push(policy(2, "40s", "1s", "symbol: g, retval: -2"));
        until(
                "it shows the failure",
                () -> lines.stream().anyMatch(l -> l.contains("  h4: ") && l.contains("cannot engage g")));
        until(
                "it shows the decision",
                () -> lines.stream().anyMatch(l -> l.contains("halt, take back ring rest (controller c1): 1 of 4")));
        assertThat(lines).anyMatch(l -> l.endsWith("signed by ann@example.org"));
        watch.destroyForcibly().waitFor();
        reader.join();
    }
}
