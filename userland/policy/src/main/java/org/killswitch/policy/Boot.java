// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.killswitch.control.ControlException;
import org.killswitch.control.Killswitch;
import org.killswitch.control.SymbolName;
import org.killswitch.host.SystemFiles;

/** What is engaged when the host boots: all of the policy, but for what an earlier boot did not come up with. */
public final class Boot {

    /** Loads the kernel module. */
    public interface Loader {
        void load(List<String> parameters) throws PolicyException;
    }

    /**
     * What came of it.
     *
     * @param engaged a line for each function
     * @param problems a line for each thing that is not as the policy says
     */
    public record Outcome(List<String> engaged, List<String> problems) {}

    private final SystemFiles files;
    private final Killswitch killswitch;
    private final Overrides overrides;
    private final Loader loader;

    public Boot(SystemFiles files, Killswitch killswitch, Overrides overrides, Loader loader) {
        this.files = files;
        this.killswitch = killswitch;
        this.overrides = overrides;
        this.loader = loader;
    }

    /** This boot's name. */
    public static String id(SystemFiles files) {
        return files.text("/proc/sys/kernel/random/boot_id").orElse("unknown");
    }

    /** Loads the module with what needs no guard, then engages the rest. */
    public Outcome start(Resolution policy, List<SymbolName> others) throws PolicyException, ControlException {
        List<String> problems = new ArrayList<>(policy.problems());
        if (ModuleParameters.isSkipped(files)) {
            loader.load(List.of());
            problems.add("killswitch.skip=1 is on the kernel's command line: nothing is engaged at this boot");
            return new Outcome(List.of(), problems);
        }
        List<Desired> now = withoutLeftOut(policy.desired(), problems);
        if (!killswitch.isLoaded()) {
            loader.load(ModuleParameters.of(
                    now.stream().filter(Desired::isParameter).toList()));
        }
        if (!killswitch.isLoaded()) {
            problems.add("the killswitch module is kept from being loaded: see modprobe.d(5) and /proc/cmdline");
            return new Outcome(List.of(), problems);
        }
        engage(now, others, problems);
        return new Outcome(now.stream().map(Desired::toString).toList(), problems);
    }

    /** Writes down what will be engaged before anything is. */
    private List<Desired> withoutLeftOut(List<Desired> desired, List<String> problems) {
        BootState state = BootState.read(files)
                .begin(id(files), desired.stream().map(Desired::effect).toList());
        try {
            if (!desired.isEmpty() || files.exists(BootState.FILE)) {
                state.write(files);
            }
        } catch (PolicyException e) {
            problems.add(e.getMessage() + "; if this boot does not come up, the next one will not know");
        }
        for (Desired d : desired) {
            if (state.leftOut().contains(d.effect())) {
                problems.add(leftOut(d));
            }
        }
        return desired.stream()
                .filter(d -> !state.leftOut().contains(d.effect()))
                .toList();
    }

    /** Why an entry is left out, and what to do. */
    public static String leftOut(Desired d) {
        return d.where() + ": left out: the system did not come up with '" + d
                + "'; change it, or run: killswitch apply --retry";
    }

    /** Each on its own: one that is refused is no reason to leave the others open. */
    private void engage(List<Desired> desired, List<SymbolName> others, List<String> problems) throws ControlException {
        Applier applier = new Applier(overrides);
        Plan plan = Plan.of(desired, overrides.state(), others).withoutEnds();
        for (Change change : plan.changes()) {
            try {
                applier.apply(new Plan(List.of(change), List.of(), List.of()));
            } catch (PolicyException | ControlException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
    }

    /** Remembers that this boot came up; empty if it is none that engaged the policy. */
    public static Optional<BootState> good(SystemFiles files) throws PolicyException {
        BootState before = BootState.read(files);
        BootState after = before.good(id(files));
        if (after.equals(before)) {
            return Optional.empty();
        }
        after.write(files);
        return Optional.of(after);
    }
}
