package org.killswitch.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import org.killswitch.bpf.BpfException;
import org.killswitch.control.ControlException;
import org.killswitch.guard.GuardException;
import org.killswitch.lab.GuestFailure;
import org.killswitch.lab.LabException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code killswitch}. Exit status: 0 done, 1 refused or failed, 2 usage. */
@Command(
        name = "killswitch",
        versionProvider = Main.Version.class,
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
            "  killswitch engage af_alg_sendmsg -EPERM   refuse every call from now on",
            "  killswitch status                         what is engaged, and what it caught",
            "  killswitch disengage af_alg_sendmsg       let the function run again",
            "  killswitch demo                           see it happen in a virtual machine",
            "",
            "Changes need root and the kernel module (modprobe killswitch).",
            "Exit status: 0 done, 1 refused or failed, 2 wrong usage.",
            "More on a command: killswitch help COMMAND"
        })
public final class Main implements Runnable {

    /** In the order of the help text. */
    private static final Map<String, Function<Host, Object>> COMMANDS = commands();

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
        // What has run to its end has cleaned up; exit() would first set up the JDK's loggers, to log nothing.
        Runtime.getRuntime().halt(status);
    }

    /** The command with everything below it: what man pages and completion are made from. */
    public static CommandLine allCommands() {
        return commandLine(Host.ofThisProcess(), new String[0]);
    }

    static int run(Host host, String... args) {
        try {
            return isPlainStatus(args)
                    ? plainStatus(host, args.length == 2)
                    : commandLine(host, args).execute(args);
        } finally {
            host.out().flush();
            host.err().flush();
        }
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
            return failed(e, host.err());
        }
    }

    private static Map<String, Function<Host, Object>> commands() {
        Map<String, Function<Host, Object>> commands = new LinkedHashMap<>();
        commands.put("status", StatusCommand::new);
        commands.put("engage", EngageCommand::new);
        commands.put("disengage", DisengageCommand::new);
        commands.put("keep", KeepCommand::new);
        commands.put("watch", WatchCommand::new);
        commands.put("seal", SealCommand::new);
        commands.put("bpf", BpfCommand::create);
        commands.put("doctor", DoctorCommand::new);
        commands.put("demo", DemoCommand::new);
        commands.put("lab", LabCommand::create);
        commands.put("help", host -> new CommandLine.HelpCommand());
        return commands;
    }

    /** Sets up only the command that is asked for: reading the annotations of all would double the start-up time. */
    private static CommandLine commandLine(Host host, String[] args) {
        CommandLine main = new CommandLine(new Main());
        Function<Host, Object> wanted = args.length == 0 || args[0].equals("help") ? null : COMMANDS.get(args[0]);
        if (wanted != null) {
            main.addSubcommand(args[0], wanted.apply(host));
        } else {
            COMMANDS.forEach((name, make) -> main.addSubcommand(name, make.apply(host)));
        }
        // A return value starts with a minus mostly: -EPERM is no option.
        Optional.ofNullable(main.getSubcommands().get("engage"))
                .ifPresent(engage -> engage.setUnmatchedOptionsArePositionalParams(true));
        return main.setOut(host.out())
                .setErr(host.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        host.terminal() ? CommandLine.Help.Ansi.AUTO : CommandLine.Help.Ansi.OFF))
                .setParameterExceptionHandler(Main::wrongUsage)
                .setExecutionExceptionHandler(Main::failed);
    }

    /** Without a command there is nothing to do but to say which there are. */
    @Override
    public void run() {
        CommandLine main = spec.commandLine();
        main.usage(main.getErr());
        throw new MissingCommandException(main);
    }

    /** Tells {@link #wrongUsage} that everything has been said. */
    private static final class MissingCommandException extends ParameterException {

        private static final long serialVersionUID = 1L;

        MissingCommandException(CommandLine main) {
            super(main, "no command given");
        }
    }

    private static int wrongUsage(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        if (!(e instanceof MissingCommandException)) {
            String name = command.getCommandSpec().qualifiedName();
            command.getErr().println(name + ": " + complaint(e) + " (see " + name + " --help)");
        }
        return ExitCode.USAGE;
    }

    private static String complaint(ParameterException e) {
        if (e.getCause() instanceof TypeConversionException said && said.getMessage() != null) {
            // Picocli puts its own words in front of a converter's; the converter's say it all.
            return oneLine(said);
        }
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            boolean main = e.getCommandLine().getParent() == null;
            return (main ? "there is no command '" : "one word too many: '")
                    + unmatched.getUnmatched().getFirst() + "'";
        }
        return oneLine(e).replaceFirst("^Error: ", "");
    }

    private static int failed(Exception e, CommandLine command, ParseResult parsed) {
        return failed(e, command.getErr());
    }

    private static int failed(Exception e, PrintWriter err) {
        if (System.getenv("KILLSWITCH_DEBUG") != null) {
            e.printStackTrace(err);
        }
        if (e instanceof GuestFailure failure) {
            failure.console().forEach(err::println);
        }
        if (e instanceof ControlException || e instanceof BpfException || e instanceof LabException) {
            err.println("killswitch: " + oneLine(e));
            if (e instanceof GuardException guard) {
                guard.picture().forEach(err::println);
            }
        } else {
            err.println("killswitch: this should not have happened: "
                    + e.getClass().getSimpleName() + ": " + oneLine(e)
                    + "; for a report, run it again with KILLSWITCH_DEBUG=1");
        }
        return ExitCode.SOFTWARE;
    }

    private static String oneLine(Throwable e) {
        return String.valueOf(e.getMessage()).replace('\n', ' ');
    }

    /** What the build was told. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            Properties build = new Properties();
            try (InputStream in = Main.class.getResourceAsStream("build.properties")) {
                build.load(in);
            }
            return new String[] {"killswitch " + build.getProperty("version")};
        }
    }
}
