// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.cve;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.killswitch.advice.Finding;
import org.killswitch.advice.QuickCheck;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.facts.HostFacts;
import org.killswitch.catalogue.verdict.CveData;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.catalogue.verdict.Status;
import org.killswitch.catalogue.verdict.Verdict;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Messages;
import org.killswitch.control.ControlException;
import org.killswitch.control.Reason;
import org.killswitch.policy.Actual;
import org.killswitch.policy.Applier;
import org.killswitch.policy.Change;
import org.killswitch.policy.Desired;
import org.killswitch.policy.LiveOverrides;
import org.killswitch.policy.Overrides;
import org.killswitch.policy.Plan;
import org.killswitch.policy.PolicyEntry;
import org.killswitch.policy.PolicyException;
import org.killswitch.policy.Resolver;
import org.killswitch.posix.Architecture;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code killswitch cve apply CVE... [--dry-run] [--observe | --for TIME]}. */
@Command(
        name = "apply",
        header = "Engage what the catalogue says against CVEs, on the kernel that runs.",
        description = {
            "",
            "All or nothing; the CVE is the reason. What is engaged already is left as it is. It lasts until the next boot:"
                    + " 'killswitch persist' has it back then.",
            "What 'killswitch check' says against a function, as far as its name and type tell, is shown first.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  killswitch cve apply CVE-2026-31431 --dry-run",
            "  killswitch cve apply CVE-2026-31431"
        })
final class CveApplyCommand implements Callable<Integer> {

    private final Host host;
    private final CvePlaces places;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Parameters(
            arity = "1..*",
            paramLabel = "CVE",
            converter = Converters.ToCve.class,
            description = "The CVEs, as CVE-2026-31431.")
    private List<String> cves = List.of();

    @Option(names = "--dry-run", description = "Change nothing; show what would be engaged.")
    private boolean dryRun;

    @ArgGroup
    private @Nullable Timing timing;

    /** Either of the two. */
    private static final class Timing {

        @Option(names = "--observe", required = true, description = "Count the calls only, and override none.")
        private boolean observe;

        @Option(
                names = "--for",
                required = true,
                paramLabel = "TIME",
                converter = Converters.ToTime.class,
                description = "Disengage again after TIME, unless 'killswitch keep' comes first.")
        private @Nullable Duration duration;
    }

    CveApplyCommand(Host host, CvePlaces places) {
        this.host = host;
        this.places = places;
    }

    @Override
    public Integer call() throws ControlException, PolicyException, ImportException, IOException {
        Resolver resolver = new Resolver(
                () -> CveData.readOnly(places, cves::contains, host.err()),
                new HostFacts(places.root(), Architecture.host()),
                Instant.now());
        List<Desired> desired = new ArrayList<>();
        for (String cve : cves.stream().distinct().toList()) {
            Verdict verdict = resolver.verdict(cve);
            if (verdict.status() == Status.FIXED || verdict.status() == Status.NOT_PRESENT) {
                host.out()
                        .println(cve + " is " + verdict.status() + " here: "
                                + verdict.decisive().text());
                continue;
            }
            PolicyEntry.Mode mode =
                    timing != null && timing.observe ? PolicyEntry.Mode.OBSERVE : PolicyEntry.Mode.ENGAGE;
            desired.addAll(resolver.functions(cve, mode, new Reason(cve), cve));
        }
        Overrides overrides = new LiveOverrides(
                host.killswitch(),
                host.files(),
                timing == null ? Optional.empty() : Optional.ofNullable(timing.duration));
        List<Actual> state = overrides.state();
        Plan plan = Plan.of(desired, state, List.of()).withoutEnds();
        showObjections(plan);
        if (!dryRun) {
            new Applier(overrides).apply(plan);
        }
        plan.changes().forEach(c -> host.out().println(c.line() + untilKept(c)));
        plan.inPlace().forEach(d -> host.out().println("  " + d + " already (" + d.where() + ")"));
        return ExitCode.OK;
    }

    /** The entry's author knew of them: they are for whoever applies it to know, too. */
    private void showObjections(Plan plan) throws IOException {
        List<Desired> wanted = plan.changes().stream()
                .flatMap(c -> c.wanted().stream())
                .filter(d -> d.retval().isPresent())
                .toList();
        Set<String> functions = wanted.stream().map(d -> d.symbol().function()).collect(Collectors.toSet());
        boolean inModules = wanted.stream().anyMatch(d -> d.symbol().module().isPresent());
        QuickCheck check = new QuickCheck(host.files(), functions, inModules);
        for (Desired d : wanted) {
            long retval = d.retval().orElseThrow().value();
            for (Finding f : check.objections(d.symbol().module(), d.symbol().function(), retval)) {
                host.err().println("killswitch: " + Messages.word(f.level()) + ": " + d.symbol() + ": " + f.text());
            }
        }
    }

    private String untilKept(Change change) {
        return timing != null && timing.duration != null && change instanceof Change.Begin(Desired d)
                ? Messages.unlessKept(d.symbol(), timing.duration)
                : "";
    }
}
