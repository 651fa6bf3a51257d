// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.rehearsal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.killswitch.lab.GuestFailure;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Output;

/**
 * Runs a workload in a guest before and after something is engaged.
 *
 * @param apply the script that engages
 * @param door the way to the flaw that is to be closed
 * @param end how long the engagement lasts, if it ends by itself
 * @param progress told what is done
 */
public record Rehearsal(
        String apply,
        Workload workload,
        Optional<DoorProgram> door,
        Optional<Duration> end,
        Consumer<String> progress) {

    private static final Duration DOOR_LIMIT = Duration.ofMinutes(1);

    /** Prints how many lines of warnings and worse the kernel has logged. Our own report what is engaged. */
    private static final String LOG = "dmesg -l warn,err,crit,alert,emerg | grep -v 'killswitch: '";

    private static final Duration ENDS_LATE = Duration.ofSeconds(10);

    /**
     * A door.
     *
     * @param name of the door
     * @param script that goes through it; empty if its program is not here
     */
    public record DoorProgram(String name, Optional<String> script) {}

    /**
     * Rehearses.
     *
     * @throws GuestFailure if the guest is not well before anything is engaged
     * @throws LabException if nothing can be engaged
     */
    public Report run(Machine machine) {
        progress.accept("running the workload before");
        List<Tried> before = attemptAll(machine);
        Optional<Tried> doorBefore =
                door.flatMap(DoorProgram::script).map(script -> attempt(machine, script, DOOR_LIMIT));
        machine.requireHealth();
        int logged = machine.run(LOG).output().split("\n", -1).length - 1;

        Findings found = new Findings();
        try {
            found.during = "when it was engaged";
            progress.accept("engaging");
            Output applied = machine.run(apply);
            found.applied = applied.output().strip();
            if (applied.status() != 0) {
                throw new LabException("it is not engaged: " + lastLine(found.applied));
            }
            progress.accept("running the workload after");
            after(machine, logged, found);
        } catch (GuestFailure e) {
            found.trouble = Optional.of(Trouble.of(found.during, e));
        }
        return found.report(this, before, doorBefore);
    }

    private void after(Machine machine, int logged, Findings found) {
        for (Step step : workload.steps()) {
            found.during = "during: " + step.name();
            found.after.add(attempt(machine, step.script(), step.limit()));
        }
        Optional<String> through = door.flatMap(DoorProgram::script);
        if (through.isPresent()) {
            found.during = "during: the door";
            found.door = Optional.of(attempt(machine, through.get(), DOOR_LIMIT));
        }
        found.during = "after the workload";
        found.hits = Hits.parse(machine.run(Hits.SCRIPT).output());
        found.log = machine.run(LOG).output().lines().skip(logged).toList();
        machine.requireHealth();
        if (found.hits.isEmpty()) {
            throw new LabException(
                    end.isPresent()
                            ? "the engagement ended before the workload did; rehearse it with a longer --for"
                            : "nothing is engaged: " + lastLine(found.applied));
        }
        if (end.isPresent()) {
            afterEnd(machine, end.get(), found);
        }
    }

    private void afterEnd(Machine machine, Duration time, Findings found) {
        found.during = "after the engagement had ended";
        progress.accept("waiting for the engagement to end");
        long seconds = time.plus(ENDS_LATE).toSeconds();
        Output waited = machine.run("i=0; while ls -d /sys/kernel/security/killswitch/fn/*/ >/dev/null 2>&1; do"
                + " i=$((i + 1)); [ $i -le " + seconds + " ] || exit 1; sleep 1; done");
        if (waited.status() != 0) {
            throw new LabException("the engagement did not end by itself in " + seconds + " s");
        }
        List<Tried> ended = attemptAll(machine);
        machine.requireHealth();
        found.ended = Optional.of(ended);
    }

    private List<Tried> attemptAll(Machine machine) {
        return workload.steps().stream()
                .map(step -> attempt(machine, step.script(), step.limit()))
                .toList();
    }

    private static Tried attempt(Machine machine, String script, Duration limit) {
        Output output = machine.run("timeout -k 5 " + limit.toSeconds() + " sh -c " + quoted(script));
        return new Tried(output.status(), output.output());
    }

    /** One word for the shell. */
    public static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static String lastLine(String text) {
        String last = text.substring(text.lastIndexOf('\n') + 1).strip();
        return last.isEmpty() ? "the command said nothing" : last.replaceFirst("^killswitch: ", "");
    }

    /** What has been found out so far. */
    private static final class Findings {
        private String during = "";
        private String applied = "";
        private final List<Tried> after = new ArrayList<>();
        private Optional<Tried> door = Optional.empty();
        private List<Hits> hits = List.of();
        private List<String> log = List.of();
        private Optional<List<Tried>> ended = Optional.empty();
        private Optional<Trouble> trouble = Optional.empty();

        Report report(Rehearsal rehearsal, List<Tried> before, Optional<Tried> doorBefore) {
            List<Step> steps = rehearsal.workload.steps();
            return new Report(
                    applied,
                    compared(steps, before, after),
                    rehearsal.door.map(d -> new Door(d.name(), doorBefore, door)),
                    hits,
                    ended.map(tried -> compared(steps, before, tried)),
                    log,
                    trouble);
        }

        private static List<Compared> compared(List<Step> steps, List<Tried> before, List<Tried> after) {
            List<Compared> all = new ArrayList<>();
            for (int i = 0; i < steps.size(); i++) {
                all.add(new Compared(
                        steps.get(i), before.get(i), i < after.size() ? Optional.of(after.get(i)) : Optional.empty()));
            }
            return all;
        }
    }
}
