// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.killswitch.bpf.BpfException;
import org.killswitch.bpf.Pin;
import org.killswitch.guard.GuardException.WrongException;
import org.killswitch.guard.code.Code;
import org.killswitch.guard.code.CodeGenerator;
import org.killswitch.guard.code.Disassembler;
import org.killswitch.guard.code.Registers;

/** An expression about a call of a kernel function, as a BPF program that tells whether it is true; see docs/guards.md. */
public final class Guard {

    private final String expression;
    private final String function;
    private final Code code;
    private final String signature;
    private final List<String> warnings;

    private Guard(String expression, GuardScope types, Code code, List<String> warnings) {
        this.expression = expression;
        this.function = types.function();
        this.code = code;
        this.signature = signature(types);
        this.warnings = warnings;
    }

    /** What becomes of a call of which something that the guard asks about cannot be read. */
    public enum Unread {
        OVERRIDE(CodeGenerator.UNREAD + 1),
        PASS(CodeGenerator.UNREAD);

        private final int answer;

        Unread(int answer) {
            this.answer = answer;
        }
    }

    /**
     * Compiles an expression for the kernel that runs here.
     *
     * @param function the function whose calls are asked about
     * @param module the module it is in, where that is said
     * @throws GuardException if the expression is wrong
     */
    public static Guard compile(String expression, String function, Optional<String> module, Unread unread)
            throws BpfException {
        Registers registers = Registers.ofThisMachine();
        // What is no expression whatever the types are is said first, and at once.
        parse(expression);
        return compile(expression, RunningKernelScope.of(function, module), registers, unread);
    }

    static Guard compile(String expression, GuardScope types, Registers registers, Unread unread)
            throws GuardException {
        Expr expr = parse(expression);
        try {
            Checker.Checked checked = Checker.check(expr, types);
            if (checked.node() instanceof Node.Const c) {
                throw new WrongException(
                        expr.span(),
                        "this is always " + (c.value() == 0 ? "false" : "true")
                                + ", whatever the call; leave --when out to override all calls");
            }
            Code code = CodeGenerator.compile(checked.node(), registers, unread.answer);
            return new Guard(expression, types, code, checked.warnings());
        } catch (WrongException e) {
            throw e.in(expression);
        }
    }

    /** What whoever wrote it should know, a line each. */
    public List<String> warnings() {
        return warnings;
    }

    private static Expr parse(String expression) throws GuardException {
        try {
            return Parser.parse(expression);
        } catch (WrongException e) {
            throw e.in(expression);
        }
    }

    /** The function's parameters as C has them, then the program with the expression's parts beside it. */
    public List<String> explain() {
        List<String> lines = new ArrayList<>();
        lines.add("; " + function + signature);
        lines.add("; overridden when: " + expression.replaceAll("\\s+", " "));
        lines.addAll(Disassembler.lines(code, expression));
        return lines;
    }

    private static String signature(GuardScope types) {
        if (!types.savedArguments().isEmpty()) {
            return types.savedArguments().stream()
                    .map(a -> types.name(a.type()) + (types.name(a.type()).endsWith("*") ? "" : " ") + a.name())
                    .collect(Collectors.joining(", ", ", a system call: (", ")"));
        }
        return types.parameters()
                .map(list -> list.isEmpty()
                        ? "(void)"
                        : list.stream()
                                .map(p -> types.name(p.type())
                                        + (types.name(p.type()).endsWith("*") ? "" : " ")
                                        + p.name())
                                .collect(Collectors.joining(", ", "(", ")")))
                .orElse(": " + types.whyNoParameters());
    }

    Code code() {
        return code;
    }

    /**
     * Loads the program into the kernel and pins it, for as long as the pin is not closed and the kernel module has not
     * taken it over.
     */
    public Pin pin() throws BpfException {
        return Pin.of(function, code.insns());
    }

    /** Hands a pinned guard to the kernel module, or none. */
    public interface Handover<E extends Exception> {
        void to(Optional<Path> pin) throws E;
    }

    /** Has the kernel module take over a guard, where there is one. It keeps the program; the pin is for it to find it by. */
    public static <E extends Exception> void handOver(Optional<Guard> guard, Handover<E> handover)
            throws BpfException, E {
        if (guard.isEmpty()) {
            handover.to(Optional.empty());
            return;
        }
        try (Pin pin = guard.get().pin()) {
            handover.to(Optional.of(pin.path()));
        }
    }
}
