// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.SymbolName;
import org.killswitch.control.trace.HitRates;
import org.killswitch.policy.BootState;
import org.killswitch.policy.ModuleParameters;
import org.killswitch.policy.RebootNote;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code killswitch status [--json] [--watch [SECONDS]]}. */
@Command(
        name = "status",
        header = "Show which functions are engaged, their return values, and how many calls were caught.",
        description = {"", "Works for every user; what is visible to root only is shown as '-'.", ""},
        footer = {
            "",
            "Columns: HITS counts the calls that were caught, PASSED the calls that a guard let through, UNREAD the calls"
                    + " of which the guard could not read something. STATE is 'observing' or 'probing' while calls are only"
                    + " counted, 'expiring' during a countdown, 'pending' while the module is not loaded, and 'bpf program'"
                    + " for a program of 'engage --bpf'. SINCE and BY come from the kernel log. On a"
                    + " terminal that is too narrow BACKEND, BY and SINCE are left out; 'killswitch show' has them."
        })
public final class StatusCommand implements Callable<Integer> {

    /** Cursor to the top left corner, and clear what is below. */
    private static final String REDRAW = "\033[H\033[J";

    private final Host host;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(names = "--json", description = "Print JSON; with --watch, an object per line.")
    private boolean json;

    @Option(
            names = {"-w", "--watch"},
            arity = "0..1",
            fallbackValue = "2",
            paramLabel = "SECONDS",
            description = "Repeat every SECONDS (default: 2), with the hits per second.")
    private @Nullable Integer watch;

    public StatusCommand(Host host) {
        this.host = host;
    }

    /** Without a parser, and without {@code --watch}. */
    public static StatusCommand plain(Host host, boolean json) {
        StatusCommand status = new StatusCommand(host);
        status.json = json;
        return status;
    }

    @Override
    public Integer call() throws ControlException {
        if (watch == null) {
            show(Status.of(host), null);
            return ExitCode.OK;
        }
        if (watch < 1) {
            throw new ParameterException(spec.commandLine(), "--watch takes 1 second or more");
        }
        HitRates rates = new HitRates();
        do {
            Status status = Status.of(host);
            Map<SymbolName, Double> perSecond = rates.update(status.engagements(), System.nanoTime());
            if (host.terminal() && !json) {
                host.out().print(REDRAW);
            }
            show(status, perSecond);
            host.out().flush();
        } while (host.pause().seconds(watch));
        return ExitCode.OK;
    }

    private void show(Status status, @Nullable Map<SymbolName, Double> rates) {
        if (json) {
            host.out().println(StatusJson.render(status, rates, watch == null ? notes(host) : null));
            return;
        }
        if (status.isEmpty()) {
            host.out().println("no functions are engaged");
        } else {
            StatusTable.of(host, rates).lines(status, host.width()).forEach(host.out()::println);
        }
        if (status.sealed()) {
            host.out().println("sealed: nothing can be disengaged until the next boot");
        }
        if (status.locked()) {
            host.out().println("locked: nothing new can be engaged until the next boot");
        }
        if (watch == null) {
            notes(host).forEach(host.out()::println);
        }
        if (watch == null && status.isIncomplete()) {
            host.err()
                    .println(
                            "killswitch: observed functions, BPF programs, state, backend and origin are visible to root"
                                    + " only; run: sudo killswitch status");
        }
    }

    /** What the last boot, and the next one, have to do with it. */
    static List<String> notes(Host host) {
        List<String> notes = new ArrayList<>();
        if (ModuleParameters.isSkipped(host.files())) {
            notes.add("killswitch.skip=1 is on the kernel's command line: nothing was engaged at boot");
        }
        BootState.read(host.files()).leftOut().stream()
                .sorted()
                .forEach(
                        effect -> notes.add("left out at boot, because the system did not come up with it: " + effect));
        notes.addAll(RebootNote.read(host.files()));
        return notes;
    }
}
