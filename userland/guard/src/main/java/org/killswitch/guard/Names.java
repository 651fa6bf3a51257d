// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.killswitch.guard.GuardException.WrongException;
import org.killswitch.posix.DidYouMean;

/** What the names in an expression stand for. */
final class Names {

    /** What precedes a fact where an argument has its name. */
    static final String CALLER = "caller";

    private final GuardScope types;
    private final Arguments arguments;

    Names(GuardScope types, Arguments arguments) {
        this.types = types;
        this.arguments = arguments;
    }

    /** What a name stands for. */
    sealed interface Meaning {}

    /** An argument, counted from 0. */
    record Argument(int index) implements Meaning {}

    /** An argument of a system call. */
    record Saved(GuardScope.SavedArgument argument) implements Meaning {}

    /** Something about the caller. */
    record Caller(CallerFact fact) implements Meaning {}

    /** A constant of the kernel. */
    record Constant(GuardScope.Constant constant) implements Meaning {}

    /** Whether an argument has that name. */
    boolean isArgument(String name) {
        return arguments.saved(name).isPresent() || arguments.named(name).isPresent();
    }

    Meaning meaning(Expr.Name e) throws WrongException {
        String name = e.name();
        OptionalInt position = Arguments.position(name);
        OptionalInt parameter = arguments.named(name);
        Optional<GuardScope.SavedArgument> saved = arguments.saved(name);
        Optional<CallerFact> fact = CallerFact.named(name);
        if (saved.isEmpty()
                && position.isPresent()
                && parameter.isPresent()
                && position.getAsInt() != parameter.getAsInt()) {
            throw new WrongException(
                    e.span(),
                    "'" + name + "' is the name of argument " + (parameter.getAsInt() + 1) + " of " + types.function()
                            + "; write arg" + (parameter.getAsInt() + 1) + " if that is meant");
        }
        if (fact.isPresent() && isArgument(name)) {
            int number = saved.isPresent() ? types.savedArguments().indexOf(saved.get()) : parameter.getAsInt();
            throw new WrongException(
                    e.span(),
                    "'" + name + "' is an argument of " + types.function() + ", too; write " + CALLER + "." + name
                            + " or arg" + (number + 1));
        }
        if (saved.isPresent()) {
            return new Saved(saved.get());
        }
        if (position.isPresent() || parameter.isPresent()) {
            return new Argument(position.isPresent() ? position.getAsInt() : parameter.getAsInt());
        }
        return fact.isPresent() ? new Caller(fact.get()) : new Constant(constant(e));
    }

    private GuardScope.Constant constant(Expr.Name e) throws WrongException {
        List<GuardScope.Constant> found = types.constants(e.name());
        if (found.isEmpty()) {
            throw unknown(e);
        }
        GuardScope.Constant first = found.getFirst();
        for (GuardScope.Constant other : found) {
            if (other.value() != first.value()) {
                throw new WrongException(
                        e.span(),
                        "the kernel has more than one '" + e.name() + "': " + first.value() + " in " + first.from()
                                + ", " + other.value() + " in " + other.from() + "; write the number that is meant");
            }
        }
        return first;
    }

    /** The true reason comes first: where the arguments are not known, their names cannot be misspelt. */
    private WrongException unknown(Expr.Name e) {
        boolean constant = e.name().equals(e.name().toUpperCase(Locale.ROOT));
        if (!arguments.known() && !constant) {
            return new WrongException(e.span(), "'" + e.name() + "' is not known: " + types.whyNoParameters());
        }
        if (constant) {
            return new WrongException(
                    e.span(),
                    "'" + e.name() + "' is no constant that is known; if it is a macro of the kernel, write its number"
                            + DidYouMean.hint(e.name(), closeConstants(e.name())));
        }
        List<String> close = new ArrayList<>(arguments.names());
        close.addAll(CallerFact.words());
        return new WrongException(
                e.span(),
                "'" + e.name() + "' is no argument of " + types.function() + " (" + arguments.listed()
                        + "), no fact about the caller (" + String.join(", ", CallerFact.words())
                        + ") and no constant of the kernel" + DidYouMean.hint(e.name(), close));
    }

    /** Constants that differ by one letter, or two exchanged: others have names that look alike, and mean something else. */
    private List<String> closeConstants(String name) {
        return types.constantNames().stream()
                .filter(n -> n.length() > 3
                        && DidYouMean.distance(name, n) == 1
                        && !Character.isDigit(n.charAt(n.length() - 1)))
                .toList();
    }
}
