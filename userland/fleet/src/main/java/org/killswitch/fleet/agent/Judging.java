// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.killswitch.fleet.api.Verdicts;
import org.killswitch.policy.PolicyException;

/**
 * When a host is judged, and what becomes of it: at the beginning, after the agent has changed what is engaged, and every
 * few hours, because data about vulnerabilities and packages change. All on the agent's thread, but for the judging itself.
 */
final class Judging {

    private static final double JITTER = 0.2;

    /** What part of the time between two judgings the hosts have for the one after a change, which many see at once. */
    private static final int SPREAD = 360;

    private final Agent agent;
    private final Duration every;
    private final Consumer<Runnable> thread;
    private final Predicate<byte[]> publisher;
    private final Consumer<String> log;

    private boolean isUnderWay;
    private long due;
    private long change;
    private Optional<byte[]> unsent = Optional.empty();
    private Optional<byte[]> last = Optional.empty();
    private String logged = "";

    /**
     * Begins; the first judging is due at once.
     *
     * @param thread runs something on the agent's thread
     * @param publisher sends the verdicts; false if there is no connection
     */
    Judging(Agent agent, Duration every, Consumer<Runnable> thread, Predicate<byte[]> publisher, Consumer<String> log) {
        this.agent = agent;
        this.every = every;
        this.thread = thread;
        this.publisher = publisher;
        this.log = log;
        due = System.nanoTime();
        change = agent.settledAt();
    }

    /** The server may have lost what it had. */
    void resend() {
        unsent = last;
    }

    void tick() {
        long now = System.nanoTime();
        if (change != agent.settledAt()) {
            change = agent.settledAt();
            due = now + ThreadLocalRandom.current().nextLong(every.toNanos() / SPREAD);
        }
        // while it is on trial, more is to change soon
        if (!isUnderWay && !agent.isOnTrial() && now - due >= 0) {
            isUnderWay = true;
            due = now + (long) (every.toNanos() * ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER));
            Thread.ofVirtual().start(this::judge);
        }
        if (unsent.isPresent() && publisher.test(unsent.get())) {
            unsent = Optional.empty();
        }
    }

    private void judge() {
        try {
            Verdicts verdicts = agent.judge();
            thread.accept(() -> done(verdicts));
        } catch (PolicyException | RuntimeException e) {
            thread.accept(() -> failed(String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void done(Verdicts verdicts) {
        isUnderWay = false;
        logged = "";
        last = Optional.of(verdicts.bytes());
        unsent = last;
    }

    /** What the fleet has of this host stays as it is, with its time. */
    private void failed(String why) {
        isUnderWay = false;
        if (!why.equals(logged)) {
            log.accept("this host is not judged: " + why);
            logged = why;
        }
    }
}
