// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.killswitch.advice.patch.PatchException;
import org.killswitch.bpf.BpfException;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.cli.output.Json;
import org.killswitch.control.ControlException;
import org.killswitch.guard.GuardException;
import org.killswitch.host.text.UnreadableKernelException;
import org.killswitch.lab.GuestFailure;
import org.killswitch.lab.LabException;
import org.killswitch.policy.PolicyException;
import org.killswitch.posix.DidYouMean;
import picocli.CommandLine;
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
                        host.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .setParameterExceptionHandler(Errors::wrongUsage)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    failed(e, name(command), host, isJson(parsed));
                    return last(parsed).commandSpec().exitCodeOnExecutionException();
                });
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
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String complaint(ParameterException e) {
        if (e.getCause() instanceof TypeConversionException said && said.getMessage() != null) {
            // Picocli puts its own words in front of a converter's; the converter's say it all.
            return oneLine(said);
        }
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            String word = unmatched.getUnmatched().getFirst();
            return e.getCommandLine().getSubcommands().isEmpty()
                    ? tooMany(word, e.getCommandLine())
                    : noCommand(word, e.getCommandLine());
        }
        return oneLine(e).replaceFirst("^Error: ", "");
    }

    /** Of a parameter that can be left out, picocli takes a word that cannot be converted for one that is not meant for it. */
    private static String tooMany(String word, CommandLine command) {
        boolean takesMore = command.getCommandSpec().positionalParameters().stream()
                .anyMatch(p -> p.arity().isVariable() && p.converters().length > 0);
        if (takesMore) {
            try {
                new Converters.ToSymbols().convert(word);
            } catch (TypeConversionException e) {
                return oneLine(e);
            }
        }
        return "unexpected argument '" + word + "'";
    }

    /** That a command has none of that name below it, and which one may be meant. */
    static String noCommand(String word, CommandLine command) {
        return "there is no command '" + word + "'"
                + DidYouMean.hint(word, command.getSubcommands().keySet());
    }

    private static String name(CommandLine command) {
        CommandLine top = command;
        while (top.getParent() != null) {
            top = top.getParent();
        }
        return top.getCommandName();
    }

    private static ParseResult last(ParseResult parsed) {
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        return last;
    }

    private static boolean isJson(ParseResult parsed) {
        return last(parsed).matchedOptionValue("--json", (Object) "").equals(true);
    }

    /**
     * Reports why a command failed: in a line of the error output, or, where a program reads it, as an object.
     *
     * @param name of the program
     */
    static void failed(Exception e, String name, Host host, boolean json) {
        Main.waitIfInterrupted(); // a guest that the hooks have ended is no failure to tell of
        PrintWriter err = host.err();
        if (System.getenv("KILLSWITCH_DEBUG") != null) {
            e.printStackTrace(err);
        }
        if (e instanceof GuestFailure failure) {
            failure.console().forEach(err::println);
        }
        boolean expected = e instanceof ControlException
                || e instanceof BpfException
                || e instanceof LabException
                || e instanceof ImportException
                || e instanceof PatchException
                || e instanceof PolicyException
                || e instanceof UnreadableKernelException;
        String message = expected
                ? oneLine(e)
                : "internal error: " + e.getClass().getSimpleName() + ": " + oneLine(e)
                        + "; to report it, run the command again with KILLSWITCH_DEBUG=1";
        if (json) {
            host.out().println(json(message, e));
            return;
        }
        err.println(name + ": " + message);
        if (e instanceof GuardException guard) {
            guard.picture().forEach(err::println);
        }
    }

    private static String json(String message, Exception e) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("message", message);
        error.put(
                "errno",
                e instanceof ControlException refused
                        ? refused.errno().map(Enum::name).orElse(null)
                        : null);
        return Json.render(Json.document("error", error), false);
    }

    private static String oneLine(Throwable e) {
        return String.valueOf(e.getMessage()).replace('\n', ' ');
    }
}
