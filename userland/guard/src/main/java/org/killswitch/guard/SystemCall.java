// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.killswitch.guard.GuardException.WrongException;
import org.killswitch.host.SystemCalls;

/** What a guard has to know of a system call: its arguments, and where its entry finds them. */
final class SystemCall {

    /** Where {@code struct pt_regs} has what a process passes. */
    private static final List<Integer> X86_64 = List.of(112, 104, 96, 56, 72, 64);

    /** The same for its 32-bit processes: bx, cx, dx, si, di, bp. */
    private static final List<Integer> IA32 = List.of(40, 88, 96, 104, 112, 32);

    private static final List<Integer> ARM64 = List.of(0, 8, 16, 24, 32, 40);

    private static final int WORD = 8;
    private static final int HALF = 4;

    private SystemCall() {}

    /**
     * An argument.
     *
     * @param offset where it is in the registers that the caller had
     * @param bytes how many of them count
     */
    record Argument(String name, Expr.TypeName type, int offset, int bytes) {}

    /** The arguments of the system call that a function is an entry of; none where it is no such entry. */
    static List<Argument> arguments(String function) {
        Optional<SystemCalls.Entry> entry = SystemCalls.entry(function);
        if (entry.isEmpty()) {
            return List.of();
        }
        List<Integer> offsets = switch (entry.get().registers()) {
            case X86_64 -> X86_64;
            case IA32 -> IA32;
            case ARM64 -> ARM64;
        };
        int bytes = entry.get().registers() == SystemCalls.Registers.IA32 ? HALF : WORD;
        List<Argument> arguments = new ArrayList<>();
        for (SystemCalls.Parameter parameter : entry.get().parameters()) {
            arguments.add(new Argument(parameter.name(), type(parameter.type()), offsets.get(arguments.size()), bytes));
        }
        return arguments;
    }

    private static Expr.TypeName type(String text) {
        try {
            return TypeNames.parse(new Words(Lexer.tokens(text)));
        } catch (WrongException e) {
            throw new IllegalStateException(text, e);
        }
    }
}
