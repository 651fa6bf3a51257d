// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli;

import java.io.PrintWriter;
import org.killswitch.bpf.BpfException;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.control.ControlException;
import org.killswitch.guard.GuardException;
import org.killswitch.lab.GuestFailure;
import org.killswitch.lab.LabException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** How a command says that it failed, or was not understood: in one line, and by its exit status. */
public final class Errors {

    private Errors() {}

    /** Has a program write to a host, and report errors there. */
    public static CommandLine reportTo(Host host, CommandLine program) {
        return program.setOut(host.out())
                .setErr(host.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        host.terminal() ? CommandLine.Help.Ansi.AUTO : CommandLine.Help.Ansi.OFF))
                .setParameterExceptionHandler(Errors::wrongUsage)
                .setExecutionExceptionHandler(Errors::failed);
    }

    /** Tells {@link #wrongUsage} that everything has been said. */
    static final class MissingCommandException extends ParameterException {

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
        CommandLine top = command;
        while (top.getParent() != null) {
            top = top.getParent();
        }
        return failed(e, top.getCommandName(), command.getErr());
    }

    /**
     * Reports why a command failed.
     *
     * @param name of the program
     * @return its exit status
     */
    static int failed(Exception e, String name, PrintWriter err) {
        if (System.getenv("KILLSWITCH_DEBUG") != null) {
            e.printStackTrace(err);
        }
        if (e instanceof GuestFailure failure) {
            failure.console().forEach(err::println);
        }
        if (e instanceof ControlException
                || e instanceof BpfException
                || e instanceof LabException
                || e instanceof ImportException) {
            err.println(name + ": " + oneLine(e));
            if (e instanceof GuardException guard) {
                guard.picture().forEach(err::println);
            }
        } else {
            err.println(name + ": this should not have happened: "
                    + e.getClass().getSimpleName() + ": " + oneLine(e)
                    + "; for a report, run it again with KILLSWITCH_DEBUG=1");
        }
        return ExitCode.SOFTWARE;
    }

    private static String oneLine(Throwable e) {
        return String.valueOf(e.getMessage()).replace('\n', ' ');
    }
}
