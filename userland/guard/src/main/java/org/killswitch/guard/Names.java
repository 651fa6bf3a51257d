// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.ArrayList;
import java.util.List;
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

    /** Something about the caller. */
    record Caller(CallerFact fact) implements Meaning {}

    /** A constant of the kernel. */
    record Constant(GuardScope.Constant constant) implements Meaning {}

    Meaning meaning(Expr.Name e) throws WrongException {
        String name = e.name();
        OptionalInt position = Arguments.position(name);
        OptionalInt parameter = arguments.named(name);
        Optional<CallerFact> fact = CallerFact.named(name);
        if (position.isPresent() && parameter.isPresent() && position.getAsInt() != parameter.getAsInt()) {
            throw new WrongException(
                    e.span(),
                    "'" + name + "' is the name of argument " + (parameter.getAsInt() + 1) + " of " + types.function()
                            + "; write arg" + (parameter.getAsInt() + 1) + " if that is meant");
        }
        if (parameter.isPresent() && fact.isPresent()) {
            throw new WrongException(
                    e.span(),
                    "'" + name + "' is an argument of " + types.function() + ", too; write " + CALLER + "." + name
                            + " or arg" + (parameter.getAsInt() + 1));
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

    private WrongException unknown(Expr.Name e) {
        List<String> close = new ArrayList<>(arguments.names());
        close.addAll(CallerFact.words());
        List<String> hints = DidYouMean.to(e.name(), close);
        String hint =
                hints.isEmpty() ? DidYouMean.hint(e.name(), types.constantNames()) : DidYouMean.hint(e.name(), close);
        String has = arguments.known()
                ? "no argument of " + types.function() + " (" + arguments.listed() + ")"
                : "no argument that is known";
        String why = arguments.known() || !hint.isEmpty() ? "" : "; " + types.whyNoParameters();
        return new WrongException(
                e.span(),
                "'" + e.name() + "' is " + has + ", no fact about the caller (" + String.join(", ", CallerFact.words())
                        + ") and no constant of the kernel" + why + hint);
    }
}
