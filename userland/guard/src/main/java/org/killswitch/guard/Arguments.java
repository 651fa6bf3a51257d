// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.killswitch.guard.GuardException.WrongException;
import org.killswitch.guard.Operand.Value;

/** Where the arguments of the function are. */
final class Arguments {

    /** How many come in registers on every architecture of ours. */
    static final int REGISTERS = 6;

    private static final Pattern POSITION = Pattern.compile("arg([1-9]\\d?)");
    private static final int WORD = 8;

    private final GuardScope types;
    private final List<GuardScope.Parameter> parameters;
    private final boolean known;

    Arguments(GuardScope types) {
        this.types = types;
        parameters = types.parameters().orElse(List.of());
        known = types.parameters().isPresent();
    }

    boolean known() {
        return known;
    }

    List<String> names() {
        return Stream.concat(
                        types.savedArguments().stream().map(GuardScope.SavedArgument::name),
                        parameters.stream().map(GuardScope.Parameter::name))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** For a message. */
    String listed() {
        List<String> names = Stream.concat(
                        types.savedArguments().stream().map(GuardScope.SavedArgument::name),
                        parameters.stream().map(p -> p.name().isEmpty() ? "?" : p.name()))
                .toList();
        return names.isEmpty() ? "it has none" : String.join(", ", names);
    }

    /** The argument of a system call by its name, or by its position where the name is {@code arg1} and so on. */
    Optional<GuardScope.SavedArgument> saved(String name) {
        OptionalInt position = position(name);
        List<GuardScope.SavedArgument> saved = types.savedArguments();
        if (position.isPresent() && position.getAsInt() < saved.size()) {
            return Optional.of(saved.get(position.getAsInt()));
        }
        return saved.stream().filter(a -> a.name().equals(name)).findFirst();
    }

    /** The value of an argument of a system call, out of the registers that the function's own argument points to. */
    Value value(GuardScope.SavedArgument argument, Span span) throws WrongException {
        Node registers = new Node.Argument(0, WORD, false, IntKind.U64, span);
        Node.Memory at = new Node.Memory(registers, argument.offset(), Space.KERNEL);
        return switch (types.resolve(argument.type())) {
            case CType.Int i -> {
                IntKind kind = IntKind.promoted(i.bytes() * 8, i.signed());
                boolean signed = i.signed() && argument.bytes() == i.bytes();
                yield new Value(new Node.Load(at, argument.bytes(), signed, false, kind, span), i);
            }
            case CType.Pointer p -> new Value(new Node.Load(at, argument.bytes(), false, false, IntKind.U64, span), p);
            default ->
                throw new WrongException(
                        span, "the kernel's BTF does not have the type of '" + argument.name() + "'; cast regs->...");
        };
    }

    /** Of {@code arg1} 0, and so on. */
    static OptionalInt position(String name) {
        Matcher m = POSITION.matcher(name);
        return m.matches() ? OptionalInt.of(Integer.parseInt(m.group(1)) - 1) : OptionalInt.empty();
    }

    OptionalInt named(String name) {
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i).name().equals(name)) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    /** An argument by its position; where the signature is not known, it is what the register has. */
    Value value(int index, Span span) throws WrongException {
        if (!known) {
            if (index >= REGISTERS) {
                throw new WrongException(span, "there are arg1 to arg" + REGISTERS + " only");
            }
            return inRegister(index, new CType.Int("unsigned long", WORD, false), span);
        }
        if (index >= parameters.size()) {
            throw new WrongException(
                    span, types.function() + " has " + count(parameters.size()) + " (" + listed() + ")");
        }
        int register = 0;
        for (GuardScope.Parameter before : parameters.subList(0, index)) {
            register += registers(before, span);
        }
        if (register >= REGISTERS) {
            throw new WrongException(
                    span,
                    "this argument is passed on the stack; only those in the first " + REGISTERS
                            + " registers can be used");
        }
        CType type = types.resolve(parameters.get(index).type());
        if (type instanceof CType.Int || type instanceof CType.Pointer) {
            return inRegister(register, type, span);
        }
        throw new WrongException(
                span,
                "this argument is a " + types.name(parameters.get(index).type())
                        + " that is passed by value; guards use numbers and pointers");
    }

    private static Value inRegister(int register, CType type, Span span) {
        if (type instanceof CType.Int i) {
            IntKind kind = IntKind.promoted(i.bytes() * 8, i.signed());
            return new Value(new Node.Argument(register, i.bytes(), i.signed(), kind, span), type);
        }
        return new Value(new Node.Argument(register, WORD, false, IntKind.U64, span), type);
    }

    private static String count(int arguments) {
        return arguments == 0 ? "no arguments" : arguments == 1 ? "one argument" : arguments + " arguments";
    }

    /** How many registers one takes; the calling conventions of both architectures agree on those up to two words. */
    private int registers(GuardScope.Parameter parameter, Span span) throws WrongException {
        CType type = types.resolve(parameter.type());
        if (type instanceof CType.Int || type instanceof CType.Pointer) {
            return 1;
        }
        long size = types.size(parameter.type());
        if (type instanceof CType.Struct && size > 0 && size <= 2 * WORD) {
            return size <= WORD ? 1 : 2;
        }
        throw new WrongException(
                span,
                "this argument comes after '" + parameter.name() + "', a " + types.name(parameter.type())
                        + " passed by value, so that its register cannot be told");
    }
}
