// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.cve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Json;
import org.killswitch.control.ControlException;
import org.killswitch.policy.Actual;
import org.killswitch.policy.Applier;
import org.killswitch.policy.Change;
import org.killswitch.policy.LiveOverrides;
import org.killswitch.policy.Overrides;
import org.killswitch.policy.Plan;
import org.killswitch.policy.Policy;
import org.killswitch.policy.PolicyEdit;
import org.killswitch.policy.PolicyEntry;
import org.killswitch.policy.PolicyException;
import org.killswitch.policy.RebootNote;
import org.killswitch.policy.Resolver;
import org.killswitch.policy.Retirement;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code killswitch cve retire [--dry-run] [--json]}. */
@Command(
        name = "retire",
        header = "End what the running kernel no longer needs.",
        description = {
            "",
            "What is engaged because of a CVE (its reason or its entry in the policy names it) is disengaged once the"
                    + " running kernel has the fix, and taken out of the policy. Where a kernel with the fix is installed"
                    + " and does not run, it says so.",
            ""
        })
final class CveRetireCommand implements Callable<Integer> {

    private final Host host;
    private final CvePlaces places;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(names = "--dry-run", description = "Change nothing; say what would be ended.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    CveRetireCommand(Host host, CvePlaces places) {
        this.host = host;
        this.places = places;
    }

    @Override
    public Integer call() throws ControlException, PolicyException {
        Policy policy = Policy.read(host.files().path(Policy.FOLDER), host.zone());
        Overrides overrides = new LiveOverrides(host.killswitch(), host.files());
        boolean isLoaded = host.killswitch().isLoaded();
        List<Actual> state = isLoaded ? overrides.state() : List.of();
        Retirement found = Retirement.of(policy, Resolver.of(places, policy, state, host.err()), state, true);
        boolean isSealed = isLoaded && overrides.sealed();
        if (!dryRun) {
            if (!isSealed) {
                List<Change> ends =
                        found.ends().stream().<Change>map(Change.End::new).toList();
                new Applier(overrides).apply(new Plan(ends, List.of(), List.of()));
            }
            PolicyEdit.remove(found.over());
            RebootNote.write(host.files(), found.reboots());
        }
        if (json) {
            host.out().println(json(found, isSealed));
        } else {
            lines(found, isSealed).forEach(host.out()::println);
        }
        return ExitCode.OK;
    }

    private List<String> lines(Retirement found, boolean isSealed) {
        List<String> lines = new ArrayList<>(found.lines());
        for (Actual a : found.ends()) {
            lines.add(a.symbol()
                    + (isSealed
                            ? " stays engaged until the next boot: killswitch is sealed"
                            : dryRun ? " would run its own code again" : " runs its own code again"));
        }
        lines.addAll(found.reboots());
        return lines.isEmpty() ? List.of("there is nothing to retire") : lines;
    }

    private String json(Retirement found, boolean isSealed) {
        Map<String, @Nullable Object> root = Json.document();
        root.put("ended", found.ends().stream().map(a -> a.symbol().text()).toList());
        root.put("removed", found.over().stream().map(PolicyEntry::where).toList());
        root.put("reasons", found.lines());
        root.put("reboot", found.reboots());
        root.put("done", !dryRun && !isSealed);
        return Json.render(root, true);
    }
}
