// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Server, controllers and agents are killed: nothing is lost. */
class KillTest extends FleetFixture {

    @Test
    void serverControllersAndAgentsMayBeKilledAtAnyMoment() throws Exception {
        Process first = startControllerProcess();
        Process second = startControllerProcess();
        until(
                "one leads",
                () -> Files.readString(folder.resolve("controller.log")).contains("leads"));
        startFleet();
        until("all report", () -> HOSTS.stream().allMatch(command(0, "hosts")::contains));
        push(policy(1, "50s", "3s", "symbol: f, retval: -1", "symbol: g, retval: -1"));
        untilEngaged(List.of("h1"), "f=-1 expiring", "g=-1 expiring");
        first.destroyForcibly().waitFor();
        fleet.killAgent("h1");
        fleet.startAgent("h1");
        server.kill();
        Thread.sleep(500);
        server.start();
        untilEngaged(REST, "f=-1 expiring", "g=-1 expiring");
        second.destroyForcibly().waitFor();
        for (String name : REST) {
            fleet.killAgent(name);
        }
        server.kill();
        server.start();
        startControllerProcess();
        for (String name : REST) {
            fleet.startAgent(name);
        }
        untilEngaged(HOSTS, "f=-1", "g=-1");
        until("done", () -> command(0, "status").contains("serial 1: done"));
        // each decision once, although three controllers have made them
        assertThat(command(0, "status").lines().filter(l -> l.contains(" ring ")))
                .hasSize(4);
    }

    /** Whatever it said before. */
    @Test
    void aHostThatDiesOnTrialIsNotWell() throws Exception {
        startAll();
        push(policy(1, "50s", "3s", "symbol: f, retval: -1"));
        untilEngaged(List.of("h1"), "f=-1 expiring");
        fleet.killAgent("h1");
        untilLogged("halt, take back ring canary");
        assertThat(log).anyMatch(l -> l.contains("h1: lost")).noneMatch(l -> l.contains("keep ring"));
    }

    @Test
    void hostsWithoutAServerUndoWhatWasNotConfirmed() throws Exception {
        startAll();
        push(f(1));
        untilEngaged(HOSTS, "f=-1");
        push(policy(2, "4s", "3s", "symbol: f, retval: -2", "symbol: g, retval: -2"));
        untilEngaged(List.of("h1"), "f=-2", "g=-2 expiring");
        server.kill();
        untilEngaged(HOSTS, "f=-1");
        server.start();
        untilLogged("halt, take back ring canary");
        untilEngaged(HOSTS, "f=-1");
    }
}
