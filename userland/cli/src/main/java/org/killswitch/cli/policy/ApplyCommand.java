// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.policy.Actual;
import org.killswitch.policy.Applier;
import org.killswitch.policy.BootState;
import org.killswitch.policy.Change;
import org.killswitch.policy.Plan;
import org.killswitch.policy.Policy;
import org.killswitch.policy.PolicyException;
import org.killswitch.policy.RebootNote;
import org.killswitch.policy.Retirement;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code killswitch apply [--dry-run] [--retry | --ended] [--json]}. */
@Command(
        name = "apply",
        header = "Make this host what its policy says.",
        description = {
            "",
            "The policy is in /etc/killswitch/policy.d; policy.md, in docs or /usr/share/doc/killswitch, says how it is"
                    + " written. What is right already is not touched: its hits go on counting. What is engaged and not in"
                    + " the policy is disengaged, but for what modprobe.d engages. It is all or nothing: if one change is"
                    + " refused, or an entry is wrong, nothing is changed or all is taken back.",
            "A second time it changes nothing, and that is no failure.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  killswitch apply --dry-run",
            "  killswitch apply",
            "  killswitch apply --json",
            "",
            "Exit status: 0 the host is what the policy says, 1 it is not, 2 wrong usage."
        })
public final class ApplyCommand implements Callable<Integer> {

    private final Host host;
    private final HostPolicy policy;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(
            names = {"--dry-run", "--check"},
            description = "Change nothing; show what would be changed.")
    private boolean dryRun;

    @Option(
            names = "--retry",
            description =
                    "Also engage what is left out because the system did not come up with it, and let the next boot"
                            + " try it again.")
    private boolean retry;

    @Option(
            names = "--ended",
            description = "Only end what 'until' says is over; engage and change nothing else. A timer runs this.")
    private boolean ended;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public ApplyCommand(Host host) {
        this(host, new HostPolicy(host));
    }

    ApplyCommand(Host host, HostPolicy policy) {
        this.host = host;
        this.policy = policy;
    }

    @Override
    public Integer call() throws ControlException, PolicyException {
        HostPolicy.Difference difference = ended ? ended() : policy.difference(policy.policy(), retry);
        boolean isWrong = !difference.problems().isEmpty();
        if (isWrong && !json) {
            difference.problems().forEach(p -> host.err().println("killswitch: " + p));
            host.err().println("killswitch: the policy is wrong; nothing was changed");
            return ExitCode.SOFTWARE;
        }
        if (isWrong || dryRun) {
            show(difference, false, "to make");
            return isWrong ? ExitCode.SOFTWARE : ExitCode.OK;
        }
        if (!ended && !difference.plan().changes().isEmpty() && !Policy.isWritten(policy.folder())) {
            throw new PolicyException("there is no policy in " + Policy.FOLDER
                    + ", and nothing was changed; to write what is engaged into one, run: killswitch persist; to end it,"
                    + " run: killswitch disengage --all");
        }
        new Applier(policy.overrides()).apply(difference.plan());
        if (retry) {
            BootState.read(host.files()).retry().write(host.files());
        }
        show(difference, true, "made");
        return difference.leftOut().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private void show(HostPolicy.Difference difference, boolean applied, String verb) {
        if (json) {
            host.out().println(PolicyOutput.json(difference, applied));
        } else {
            PolicyOutput.lines(host, difference);
            host.out().println(PolicyOutput.count(difference.plan(), " " + verb));
        }
    }

    private HostPolicy.Difference ended() throws ControlException, PolicyException {
        Policy written = policy.policy();
        List<Actual> state = policy.overrides().state();
        Retirement over = Retirement.of(written, policy.resolver(written, state), state, false);
        if (!dryRun) {
            RebootNote.write(host.files(), over.reboots());
        }
        List<Change> ends = over.ends().stream().<Change>map(Change.End::new).toList();
        List<String> notes = new ArrayList<>(over.lines());
        notes.addAll(over.reboots());
        return new HostPolicy.Difference(new Plan(ends, List.of(), List.of()), notes, List.of(), List.of());
    }
}
