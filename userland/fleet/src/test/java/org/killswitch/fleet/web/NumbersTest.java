// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.killswitch.fleet.api.Json;
import org.killswitch.fleet.api.Report.Phase;
import org.killswitch.fleet.controller.View;

/** What the page and the metrics say of a fleet. */
class NumbersTest {

    private static Sample sample() throws Exception {
        return new Sample()
                .host(0, Phase.TRIAL, false, Map.of("f", 5L))
                .host(1, Phase.WAITING, false, Map.of("f", 1L, "g", 0L))
                .host(2, Phase.WAITING, true, Map.of())
                .host(3, Phase.FAILED, false, Map.of(), List.of("oops"), List.of("CVE-1: reboot"));
    }

    @Test
    void theStateInJson() throws Exception {
        Json json = Snapshot.of(sample().view()).json();
        assertThat(json.number("hosts")).isEqualTo(4);
        assertThat(json.number("trouble")).isOne();
        assertThat(json.number("rebooting")).isOne();
        assertThat(json.toString())
                .contains(
                        "\"functions\":[{\"name\":\"f\",\"calls\":6,\"hosts\":2},{\"name\":\"g\",\"calls\":0,\"hosts\":0}]")
                .contains("\"reboots\":[{\"what\":\"CVE-1: reboot\",\"hosts\":1}]")
                .contains("\"state\":\"rolling out\"")
                .contains("\"now\":{\"hosts\":1,\"reached\":1,\"failed\":0,")
                .contains("\"failed\":\"50%\"")
                .contains("\"why\":\"signed by ann\"");
        Json states = Json.parse(json.bytes()).object("states");
        assertThat(states.number("trial")).isOne();
        assertThat(states.number("waiting")).isOne();
        assertThat(states.number("silent")).as("whatever it was before").isOne();
        assertThat(states.number("failed")).isOne();
        assertThat(Snapshot.of(View.NOTHING).json().toString())
                .contains("\"connected\":false")
                .doesNotContain("rollout");
    }

    @Test
    void itStaysSmallWhateverHostsReport() throws Exception {
        Sample sample = new Sample();
        for (int i = 0; i < 2000; i++) {
            sample.host(
                    i, Phase.FAILED, false, Map.of("f".repeat(200) + i, 1L), List.of(), List.of("x".repeat(300) + i));
        }
        assertThat(Snapshot.of(sample.view()).json().bytes()).hasSizeLessThan(32 * 1024);
    }

    @Test
    void metricsWithHostileNames() throws Exception {
        Sample sample = sample().host(4, Phase.TRIAL, false, Map.of(Sample.HOSTILE, 1L));
        String text = FleetMetrics.of(Snapshot.of(sample.view()), Map.of("f\"\\\n} 1\nkillswitch_fake 1", 3L));
        assertThat(text.lines())
                .contains(
                        "killswitch_fleet_hits_total{symbol=\"f\\\"\\\\\\n} 1\\nkillswitch_fake 1\"} 3",
                        "killswitch_fleet_connected 1",
                        "killswitch_fleet_leads 1",
                        "killswitch_fleet_hosts{state=\"trial\"} 2",
                        "killswitch_fleet_hosts{state=\"silent\"} 1",
                        "killswitch_fleet_hosts{state=\"undone\"} 0",
                        "killswitch_fleet_trouble_hosts 1",
                        "killswitch_fleet_reboot_hosts 1",
                        "killswitch_fleet_serial 7",
                        "killswitch_fleet_rollout{state=\"rolling out\"} 1",
                        "killswitch_fleet_rollout{state=\"halted\"} 0",
                        "killswitch_fleet_ring_stage{ring=\"canary\",stage=\"trial\"} 1",
                        "killswitch_fleet_ring_stage{ring=\"rest\",stage=\"closed\"} 1",
                        "killswitch_fleet_ring_hosts{ring=\"rest\",state=\"failed\"} 1")
                .allMatch(l -> l.startsWith("#") || l.startsWith("killswitch_fleet_"));
    }

    @Test
    void hitsOverTime() throws Exception {
        HitHistory history = new HitHistory();
        Sample sample = new Sample().host(0, Phase.KEPT, false, Map.of("f", 5L));
        history.sample(sample.fleet());
        assertThat(history.after(0)).as("those from before").containsExactly(0L);
        history.sample(
                sample.host(0, Phase.KEPT, false, Map.of("f", 8L, "g", 1L)).fleet());
        history.sample(
                sample.host(0, Phase.KEPT, false, Map.of("f", 2L, "g", 1L)).fleet());
        assertThat(history.after(1)).as("it begins at 0 after a reboot").containsExactly(4L, 2L);
        assertThat(history.totals()).containsExactly(Map.entry("f", 5L), Map.entry("g", 1L));
        IntStream.range(0, 2000)
                .forEach(i -> history.sample(
                        sample.host(0, Phase.KEPT, false, Map.of("f" + i, 1L)).fleet()));
        assertThat(history.after(0)).hasSize(HitHistory.POINTS);
        assertThat(history.after(history.count())).isEmpty();
        assertThat(history.totals())
                .hasSizeLessThanOrEqualTo(HitHistory.FUNCTIONS + 1)
                .containsKey(HitHistory.OTHERS);
        assertThat(history.totals().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(2006);
    }

    private static Json list(String query, View view) throws Exception {
        return Json.parse(HostList.of(query).orElseThrow().json(view).bytes());
    }

    @Test
    void theListOfHosts() throws Exception {
        View view = sample().view();
        assertThat(list("", view).number("total")).isEqualTo(4);
        assertThat(list("state=waiting&ring=rest", view).toString())
                .contains("\"total\":1,", "\"host\":\"h1\"", "\"ring\":\"rest\"");
        assertThat(list("text=CANARY%3Dyes", view).toString()).contains("\"total\":1,", "\"host\":\"h0\"");
        assertThat(list("attention=trouble", view).toString()).contains("\"total\":1,", "\"host\":\"h3\"");
        assertThat(list("attention=reboot&state=kept", view).number("total")).isZero();
        assertThat(list("page=999999", view).objects("hosts")).isEmpty();
        Sample large = new Sample();
        for (int i = 0; i < 130; i++) {
            large.host(i, Phase.WAITING, false, Map.of());
        }
        assertThat(list("page=2", large.view()).objects("hosts")).hasSize(30);
        for (String bad : List.of("x=1", "page=-1", "page=99999999999", "page", "text=%zz", "attention=", "&")) {
            assertThat(HostList.of(bad)).as(bad).isEmpty();
        }
    }
}
