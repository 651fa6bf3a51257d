// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet;

import java.time.InstantSource;
import java.util.function.Consumer;
import org.killswitch.fleet.api.FleetConfig;
import org.killswitch.fleet.controller.Controller;
import org.killswitch.fleet.controller.View;
import org.killswitch.policy.PolicyException;

/** A controller on a thread of this process, until it is closed. */
public final class RunningController implements AutoCloseable {

    private final Controller controller;
    private final Consumer<String> log;
    private final Thread thread;

    /**
     * Starts it.
     *
     * @param log takes what it logs, and why it has ended if it does so by itself
     */
    public RunningController(FleetConfig config, String name, Controller.Pace pace, Consumer<String> log) {
        this(config, name, pace, InstantSource.system(), log);
    }

    /** The same with a clock of its own. */
    RunningController(
            FleetConfig config, String name, Controller.Pace pace, InstantSource clock, Consumer<String> log) {
        this.log = log;
        controller = new Controller(config, name, pace, clock, log);
        thread = Thread.ofPlatform().start(this::run);
    }

    private void run() {
        try {
            controller.run();
        } catch (PolicyException e) {
            log.accept("ended: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public View view() {
        return controller.view();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
