// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One policy after the other, while the server, both controllers and the agents are killed or stopped at moments that
 * chance picks. A few here; {@code -Dkillswitch.schedules=200} makes more, {@code -Dkillswitch.seed=N} others.
 */
class ChaosTest extends FleetFixture {

    private static final int SCHEDULES = Integer.getInteger("killswitch.schedules", 3);
    private static final long SEED = Long.getLong("killswitch.seed", 1);
    private static final Pattern STATE = Pattern.compile("\"serial\":(\\d+),\"state\":\"([a-z ]+)\"");
    private static final Pattern RING = Pattern.compile("\"name\":\"(\\w+)\",\"stage\":\"(\\w+)\"");

    private final Random random = new Random(SEED);
    private final List<Process> running = new ArrayList<>();

    /** The serial that each host has in effect for good; 0: none. */
    private final Map<String, Long> kept = new TreeMap<>();

    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private volatile long pushed;

    @Test
    @Timeout(value = 6, unit = TimeUnit.HOURS)
    void everyHostEndsWhereThePolicySaysOrWhereItWas() throws Exception {
        running.add(startControllerProcess());
        running.add(startControllerProcess());
        startFleet();
        until("all report", () -> HOSTS.stream().allMatch(said("hosts")::contains));
        HOSTS.forEach(h -> kept.put(h, 0L));
        Thread watcher = Thread.ofPlatform().daemon().start(this::lookForGaps);
        int done = 0;
        for (long serial = 1; serial <= SCHEDULES; serial++) {
            List<String> actions = new ArrayList<>();
            try {
                done += schedule(serial, actions) ? 1 : 0;
            } catch (AssertionError e) {
                throw new AssertionError(
                        "seed " + SEED + ", schedule " + serial + " " + actions + ": " + e.getMessage(), e);
            }
            assertThat(wrong)
                    .as("seed " + SEED + ", schedule " + serial + " " + actions)
                    .isEmpty();
        }
        watcher.interrupt();
        System.out.println("chaos: seed " + SEED + ": " + SCHEDULES + " schedules, " + done + " policies on all hosts, "
                + (SCHEDULES - done) + " halted");
    }

    /** Whether the policy is on all hosts in the end; if not, it was halted, and each ring is as it is said to be. */
    private boolean schedule(long serial, List<String> actions) throws Exception {
        synchronized (kept) {
            pushed = serial;
        }
        push(policy(serial, "20s", "1s", "symbol: f, retval: -" + serial));
        int count = 2 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            pause(1500);
            act(random.nextInt(6), actions);
        }
        until("serial " + serial + " comes to an end", () -> isOver(serial));
        Map<String, String> stages = new TreeMap<>();
        Matcher ring = RING.matcher(command(0, "status", "--json"));
        while (ring.find()) {
            stages.put(ring.group(1), ring.group(2));
        }
        for (String host : HOSTS) {
            boolean keeps = stages.get(host.equals("h1") ? "canary" : "rest").equals("keep");
            long expected = keeps ? serial : kept.get(host);
            untilEngaged(List.of(host), expected == 0 ? new String[0] : new String[] {"f=-" + expected});
            synchronized (kept) {
                kept.put(host, expected);
            }
        }
        return kept.values().stream().allMatch(k -> k == serial);
    }

    private boolean isOver(long serial) {
        Matcher m = STATE.matcher(said("status", "--json"));
        return m.find() && Long.parseLong(m.group(1)) == serial && !m.group(2).equals("rolling out");
    }

    private void pause(int most) throws InterruptedException {
        Thread.sleep(random.nextInt(most));
    }

    private void act(int action, List<String> actions) throws Exception {
        switch (action) {
            case 0 -> {
                actions.add("kill server");
                server.kill();
                pause(1000);
                server.start();
            }
            case 1 -> {
                actions.add("stop server");
                stopFor(server.pid(), 4000);
            }
            case 2 -> {
                int i = random.nextInt(running.size());
                actions.add("kill controller " + i);
                running.get(i).destroyForcibly().waitFor();
                running.set(i, startControllerProcess());
            }
            case 3 -> {
                // longer than its lease: the other one leads, and this one must see that it does not any more
                int i = random.nextInt(running.size());
                actions.add("stop controller " + i);
                stopFor(running.get(i).pid(), 9000);
            }
            default -> {
                String host = HOSTS.get(random.nextInt(HOSTS.size()));
                actions.add("kill agent " + host);
                fleet.killAgent(host);
                pause(1000);
                fleet.startAgent(host);
            }
        }
    }

    private void stopFor(long pid, int most) throws Exception {
        Keys.run("kill", "-STOP", String.valueOf(pid));
        try {
            pause(most);
        } finally {
            Keys.run("kill", "-CONT", String.valueOf(pid));
        }
    }

    /** What a host keeps stays in effect, in its own form or in that of a policy that was signed; nothing else is. */
    private void lookForGaps() {
        while (!Thread.currentThread().isInterrupted()) {
            for (String host : HOSTS) {
                synchronized (kept) {
                    List<String> engaged = fleet.engaged(List.of(host)).getFirst();
                    long least = kept.get(host);
                    boolean isRight = engaged.isEmpty()
                            ? least == 0
                            : engaged.size() == 1 && isBetween(engaged.getFirst(), least);
                    if (!isRight) {
                        wrong.add(host + " keeps " + least + " and has " + engaged);
                    }
                }
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private boolean isBetween(String engaged, long least) {
        Matcher m = Pattern.compile("f=-(\\d+)( expiring)?").matcher(engaged);
        return m.matches() && (Long.parseLong(m.group(1)) == least || Long.parseLong(m.group(1)) == pushed);
    }
}
