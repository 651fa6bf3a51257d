// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.killswitch.cli.advice.AdviseCommand;
import org.killswitch.cli.advice.CheckCommand;
import org.killswitch.cli.bpf.BpfCommand;
import org.killswitch.cli.cve.CveCommand;
import org.killswitch.cli.doctor.DoctorCommand;
import org.killswitch.cli.engage.DisengageCommand;
import org.killswitch.cli.engage.EnforceCommand;
import org.killswitch.cli.engage.EngageCommand;
import org.killswitch.cli.engage.KeepCommand;
import org.killswitch.cli.engage.LockCommand;
import org.killswitch.cli.engage.ObserveCommand;
import org.killswitch.cli.engage.SealCommand;
import org.killswitch.cli.engage.SetCommand;
import org.killswitch.cli.fleet.FleetCommand;
import org.killswitch.cli.lab.DemoCommand;
import org.killswitch.cli.lab.LabCommand;
import org.killswitch.cli.lab.RehearseCommand;
import org.killswitch.cli.metrics.MetricsCommand;
import org.killswitch.cli.policy.ApplyCommand;
import org.killswitch.cli.policy.BootCommand;
import org.killswitch.cli.policy.DiffCommand;
import org.killswitch.cli.policy.PersistCommand;
import org.killswitch.cli.status.ShowCommand;
import org.killswitch.cli.status.StatusCommand;
import org.killswitch.cli.status.WatchCommand;
import org.killswitch.control.ControlException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code killswitch}. Exit status: 0 done, 1 refused or failed, 2 usage. */
@Command(
        name = "killswitch",
        versionProvider = Version.class,
        header = "Make a kernel function return a value without running its body.",
        description = {
            "",
            "A stopgap for the days between the disclosure of a kernel vulnerability and the"
                    + " reboot into a fixed kernel: the vulnerable function is switched off while"
                    + " the machine keeps running.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  killswitch engage af_alg_sendmsg -EPERM   make every call fail from now on",
            "  killswitch status                         what is engaged, and what it caught",
            "  killswitch disengage af_alg_sendmsg       let the function run again",
            "  killswitch demo                           show it in a virtual machine",
            "",
            "Changes need root and the kernel module (modprobe killswitch).",
            "Exit status: 0 done, 1 refused or failed, 2 wrong usage.",
            "Help for a command: killswitch help COMMAND"
        })
public final class Main implements Runnable {

    /** In the order of the help text. */
    private static final Map<String, Function<Host, Object>> COMMANDS = commands();

    private static final List<String> TAKING_A_VALUE = List.of("check", "engage", "enforce", "rehearse", "set");

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean version;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    private Main() {}

    /** The process. */
    public static void main(String[] args) {
        int status = run(Host.ofThisProcess(), args);
        System.out.flush();
        System.err.flush();
        waitIfInterrupted();
        // What has run to its end has cleaned up; exit() would first set up the JDK's loggers, to log nothing.
        Runtime.getRuntime().halt(status);
    }

    /** After a signal the shutdown hooks clean up, and end the process when they have; halt() would cut them short. */
    static void waitIfInterrupted() {
        Thread none = new Thread();
        try {
            Runtime.getRuntime().addShutdownHook(none);
            Runtime.getRuntime().removeShutdownHook(none);
        } catch (IllegalStateException e) {
            while (true) {
                LockSupport.park();
            }
        }
    }

    /** The command with everything below it: what man pages and completion are made from. */
    public static CommandLine allCommands() {
        return commandLine(Host.ofThisProcess(), new String[0]);
    }

    /** Runs a command; its exit status. */
    public static int run(Host host, String... args) {
        int status = isPlainStatus(args)
                ? plainStatus(host, args.length == 2)
                : commandLine(host, args).execute(args);
        boolean unwritten = host.out().checkError();
        if (unwritten && status == ExitCode.OK) {
            host.err().println("killswitch: cannot write to standard output; the output is incomplete");
            status = ExitCode.SOFTWARE;
        }
        host.err().flush();
        return status;
    }

    /**
     * What monitoring asks for again and again. It is answered without the parser: for the annotations that say which
     * options there are, the JVM makes classes at every start, and that takes longer than the answer.
     */
    private static boolean isPlainStatus(String[] args) {
        return args.length > 0
                && args[0].equals("status")
                && (args.length == 1 || (args.length == 2 && args[1].equals("--json")));
    }

    private static int plainStatus(Host host, boolean json) {
        try {
            return StatusCommand.plain(host, json).call();
        } catch (ControlException | RuntimeException e) {
            Errors.failed(e, "killswitch", host, json);
            return ExitCode.SOFTWARE;
        }
    }

    private static Map<String, Function<Host, Object>> commands() {
        Map<String, Function<Host, Object>> commands = new LinkedHashMap<>();
        commands.put("status", StatusCommand::new);
        commands.put("show", ShowCommand::new);
        commands.put("engage", EngageCommand::new);
        commands.put("disengage", DisengageCommand::new);
        commands.put("keep", KeepCommand::new);
        commands.put("check", CheckCommand::new);
        commands.put("advise", AdviseCommand::new);
        commands.put("rehearse", RehearseCommand::new);
        commands.put("observe", ObserveCommand::new);
        commands.put("enforce", EnforceCommand::new);
        commands.put("set", SetCommand::new);
        commands.put("cve", CveCommand::create);
        commands.put("diff", DiffCommand::new);
        commands.put("apply", ApplyCommand::new);
        commands.put("persist", PersistCommand::new);
        commands.put("boot", BootCommand::new);
        commands.put("metrics", MetricsCommand::new);
        commands.put("watch", WatchCommand::new);
        commands.put("seal", SealCommand::new);
        commands.put("lock", LockCommand::new);
        commands.put("bpf", BpfCommand::create);
        commands.put("doctor", DoctorCommand::new);
        commands.put("demo", DemoCommand::new);
        commands.put("lab", LabCommand::create);
        commands.put("fleet", FleetCommand::create);
        commands.put("help", host -> new HelpCommand());
        return commands;
    }

    /** Sets up only the command that is asked for: reading the annotations of all would double the start-up time. */
    private static CommandLine commandLine(Host host, String[] args) {
        // A word that begins with @ is one: no file is read in its place.
        CommandLine main = new CommandLine(new Main()).setExpandAtFiles(false);
        Function<Host, Object> wanted = args.length == 0 || args[0].equals("help") ? null : COMMANDS.get(args[0]);
        if (wanted != null) {
            main.addSubcommand(args[0], wanted.apply(host));
        } else {
            COMMANDS.forEach((name, make) -> main.addSubcommand(name, make.apply(host)));
        }
        // A return value starts with a minus mostly: -EPERM is no option.
        for (String command : TAKING_A_VALUE) {
            Optional.ofNullable(main.getSubcommands().get(command))
                    .ifPresent(taking -> taking.setUnmatchedOptionsArePositionalParams(true));
        }
        return Errors.reportTo(host, main);
    }

    /** Lists the commands: there is nothing else to do. */
    @Override
    public void run() {
        CommandLine main = spec.commandLine();
        main.usage(main.getErr());
        throw new Errors.MissingCommandException(main);
    }
}
