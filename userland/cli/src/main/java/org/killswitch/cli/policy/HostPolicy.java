// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.policy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.killswitch.catalogue.facts.HostFacts;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.SymbolName;
import org.killswitch.policy.Actual;
import org.killswitch.policy.Applier;
import org.killswitch.policy.Boot;
import org.killswitch.policy.BootState;
import org.killswitch.policy.Desired;
import org.killswitch.policy.LiveOverrides;
import org.killswitch.policy.ModuleParameters;
import org.killswitch.policy.Overrides;
import org.killswitch.policy.Plan;
import org.killswitch.policy.Policy;
import org.killswitch.policy.Resolution;
import org.killswitch.policy.Resolver;
import org.killswitch.posix.Architecture;

/** The policy of this host, and what it takes to follow it. */
final class HostPolicy {

    private final Host host;
    private final CvePlaces places;
    private @Nullable Overrides overrides;

    HostPolicy(Host host) {
        this(host, CvePlaces.ofThisHost());
    }

    HostPolicy(Host host, CvePlaces places) {
        this.host = host;
        this.places = places;
    }

    Path folder() {
        return host.files().path(Policy.FOLDER);
    }

    Policy policy() {
        return Policy.read(folder(), host.zone());
    }

    /** Always the same: what it has found out about guards and functions serves the whole command. */
    Overrides overrides() {
        Overrides known = overrides == null ? new LiveOverrides(host.killswitch(), host.files()) : overrides;
        overrides = known;
        return known;
    }

    Resolver resolver(Policy policy, List<Actual> state) {
        return Resolver.of(places, policy, state, host.err());
    }

    List<SymbolName> parameters() {
        return ModuleParameters.ofOthers(new HostFacts(host.files().path("/"), Architecture.host()), host.files());
    }

    /**
     * What differs from a policy.
     *
     * @param leftOut a line for each entry that an earlier boot did not come up with
     * @param problems a line for each entry that cannot be followed
     */
    record Difference(Plan plan, List<String> notes, List<String> leftOut, List<String> problems) {}

    /**
     * Compares.
     *
     * @param retry whether what an earlier boot did not come up with is wanted all the same
     */
    Difference difference(Policy policy, boolean retry) throws ControlException {
        List<Actual> state = overrides().state();
        Resolution resolution = resolver(policy, state).resolve(policy);
        Set<String> leftOut = retry ? Set.of() : BootState.read(host.files()).leftOut();
        List<String> notes = new ArrayList<>(resolution.notes());
        resolution.over().forEach(o -> notes.add(o.toString()));
        List<String> left = new ArrayList<>();
        List<Desired> desired = new ArrayList<>();
        for (Desired d : resolution.desired()) {
            boolean isLeftOut = leftOut.contains(d.effect())
                    && state.stream().noneMatch(a -> a.symbol().mayBe(d.symbol()));
            if (isLeftOut) {
                left.add(Boot.leftOut(d));
            } else {
                desired.add(d);
            }
        }
        Plan plan = Plan.of(desired, state, parameters());
        notes.addAll(plan.notes());
        List<String> problems = new ArrayList<>(resolution.problems());
        if (!problems.isEmpty()) {
            plan = plan.withoutEnds();
        }
        problems.addAll(new Applier(overrides()).problems(plan));
        return new Difference(plan, notes, left, problems);
    }
}
