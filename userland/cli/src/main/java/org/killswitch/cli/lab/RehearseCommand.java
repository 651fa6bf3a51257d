// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.bpf.BpfException;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.rehearsal.Report;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code killswitch rehearse CVE|SYMBOL... RETVAL|--policy [-- COMMAND...]}. */
@Command(
        name = "rehearse",
        customSynopsis = {
            "killswitch rehearse CVE [--for=TIME] [--json | --keep] [[--services] -- COMMAND...]",
            "       killswitch rehearse SYMBOL... RETVAL [--when=EXPR] [--for=TIME]",
            "                           [--json | --keep] [[--services] -- COMMAND...]",
            "       killswitch rehearse --policy [--json | --keep] [[--services] -- COMMAND...]"
        },
        header = "Engage in a virtual machine with this host's kernel and programs, and see what changes.",
        description = {
            "",
            "QEMU boots the kernel that runs here, with its modules and the killswitch module, on this host's files:"
                    + " the guest reads them with the permissions of the user who runs this command, and what it writes is"
                    + " lost when it ends. Nothing on this host changes. The guest has no network but loopback; SELinux and"
                    + " AppArmor are off, and none of the host's services is started; with --services, COMMAND can start them. With"
                    + " KVM where it works, else the guest is emulated, which is slower.",
            "Without COMMAND, what every system needs is tried before and after: a user's shell, files, pipes,"
                    + " processes, name resolution and connections over loopback, mounts, modules, namespaces, a service. Of"
                    + " a CVE whose entry names a program that goes through the flawed code, that is tried, too, if it is here.",
            "It is engaged as with --force, so that what 'killswitch check' calls dangerous can be seen.",
            ""
        },
        footer = {
            "",
            "Exit status: 0 nothing changes but that the flaw is closed, 3 something else changes, or the flaw is not"
                    + " closed, 4 the guest's kernel gets into trouble or stops answering, 1 it cannot be rehearsed, 2"
                    + " wrong usage.",
            "",
            "Examples:",
            "  killswitch rehearse CVE-2026-31431",
            "  killswitch rehearse tc_modify_qdisc -EPERM --when 'uid != 0'",
            "  killswitch rehearse tcp_v4_connect -EPERM -- curl --silent http://localhost/"
        })
public final class RehearseCommand implements Callable<Integer> {

    private final Host host;
    private final CvePlaces places;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Parameters(
            arity = "0..*",
            paramLabel = "WORD",
            hideParamSyntax = true,
            description =
                    "A CVE of the catalogue; or functions, and the value that they return; after --, a command to run"
                            + " as root in the guest, in the current folder, before and after: its exit status counts.")
    private List<String> words = List.of();

    @Option(names = "--policy", description = "Rehearse what the policy in /etc/killswitch/policy.d engages.")
    private boolean policy;

    @Option(
            names = "--when",
            paramLabel = "EXPR",
            description = "Override only the calls for which EXPR is true; see killswitch-guards(7).")
    private @Nullable String when;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = Converters.ToTime.class,
            description =
                    "Let it end after TIME, and see that everything is as before then. TIME has to be longer than the"
                            + " second run of the workload.")
    private @Nullable Duration time;

    @Option(
            names = "--kernel",
            paramLabel = "KERNEL",
            completionCandidates = KernelOption.Names.class,
            description =
                    "Boot a kernel of the lab instead, with this host's programs; 'killswitch lab kernels' lists them."
                            + " The first time, it is downloaded and the module built for it.")
    private @Nullable String kernel;

    @Mixin
    private final SourcesOption sources = new SourcesOption();

    @Option(
            names = "--services",
            description =
                    "Have this host's systemd be the guest's init, as it is without COMMAND, so that COMMAND can start"
                            + " what it needs ('systemctl start NAME && ...'). It takes the guest longer to come up.")
    private boolean services;

    @Option(names = "--keep", description = "Then take commands for the guest, until the end of the input.")
    private boolean keep;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    public RehearseCommand(Host host) {
        this(host, CvePlaces.ofThisHost());
    }

    RehearseCommand(Host host, CvePlaces places) {
        this.host = host;
        this.places = places;
    }

    @Override
    public Integer call() throws ControlException, BpfException, PolicyException, ImportException {
        if (keep && json) {
            throw new ParameterException(spec.commandLine(), "--keep and --json exclude each other");
        }
        if (time != null && time.isZero()) {
            throw new ParameterException(spec.commandLine(), "--for takes 1s or more");
        }
        if (policy && when != null) {
            throw new ParameterException(spec.commandLine(), "--policy takes no --when: its entries have their own");
        }
        List<String> command =
                commandIn(words, spec.commandLine().getParseResult().originalArgs());
        List<String> subject = words.subList(0, words.size() - command.size());
        SubjectReader reader = new SubjectReader(host, places, kernel == null, spec.commandLine());
        SubjectReader.Known known =
                policy ? reader.policy(subject, time != null) : reader.of(subject, Optional.ofNullable(when));
        GuestOfHost guests = new GuestOfHost(host, Optional.ofNullable(kernel), sources::tree);
        GuestSpec.Init init = services || command.isEmpty() ? GuestSpec.Init.SYSTEMD : GuestSpec.Init.SHELL;
        long start = System.nanoTime();
        try (GuestOfHost.Running running = guests.boot(init)) {
            Report report = running.rehearse(known, command, Optional.ofNullable(time));
            Rehearsed rehearsed = new Rehearsed(
                    known,
                    running.kernel(),
                    running.accelerator(),
                    report,
                    Duration.ofNanos(System.nanoTime() - start));
            if (json) {
                host.out().println(rehearsed.json());
            } else {
                rehearsed.lines().forEach(host.out()::println);
                host.out().flush();
            }
            if (keep && report.trouble().isPresent()) {
                host.err().println("killswitch: the guest has ended, and takes no commands");
            } else if (keep) {
                running.takeCommands();
            }
            return report.verdict().exitStatus();
        }
    }

    /** The words after the first "--", which picocli leaves among the others. */
    static List<String> commandIn(List<String> words, List<String> arguments) {
        int at = arguments.indexOf("--");
        int count = at < 0 ? 0 : arguments.size() - at - 1;
        return words.subList(words.size() - count, words.size());
    }

    /** The folder that a command of the user's is run in. */
    static Path currentFolder() {
        return Path.of("").toAbsolutePath();
    }
}
