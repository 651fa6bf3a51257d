// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.killswitch.host.text.Operand.AddressOf;
import org.killswitch.host.text.Operand.Binary;
import org.killswitch.host.text.Operand.Choice;
import org.killswitch.host.text.Operand.Extended;
import org.killswitch.host.text.Operand.Immediate;
import org.killswitch.host.text.Operand.Operator;
import org.killswitch.host.text.Operand.Place;
import org.killswitch.host.text.Operand.Register;
import org.killswitch.host.text.Operand.Unknown;
import org.killswitch.host.text.Operation.Atomic;
import org.killswitch.host.text.Operation.Branch;
import org.killswitch.host.text.Operation.Call;
import org.killswitch.host.text.Operation.Clobber;
import org.killswitch.host.text.Operation.Compare;
import org.killswitch.host.text.Operation.Condition;
import org.killswitch.host.text.Operation.Jump;
import org.killswitch.host.text.Operation.Set;
import org.killswitch.host.text.Operation.Store;

/** What x86_64 instructions do, in Intel's notation. */
final class X86Lifter implements Lifter {

    static final int STACK = 4;

    private static final Map<String, Register> REGISTERS = registers();

    private static final Map<String, Condition> CONDITIONS = Map.ofEntries(
            Map.entry("e", Condition.EQUAL),
            Map.entry("ne", Condition.NOT_EQUAL),
            Map.entry("s", Condition.NEGATIVE),
            Map.entry("ns", Condition.NOT_NEGATIVE),
            Map.entry("l", Condition.LESS),
            Map.entry("le", Condition.LESS_OR_EQUAL),
            Map.entry("g", Condition.GREATER),
            Map.entry("ge", Condition.GREATER_OR_EQUAL),
            Map.entry("b", Condition.BELOW),
            Map.entry("be", Condition.BELOW_OR_EQUAL),
            Map.entry("a", Condition.ABOVE),
            Map.entry("ae", Condition.ABOVE_OR_EQUAL));

    private static final Map<String, Operator> OPERATORS = Map.of(
            "add", Operator.ADD,
            "sub", Operator.SUBTRACT,
            "and", Operator.AND,
            "or", Operator.OR,
            "xor", Operator.XOR,
            "shl", Operator.SHIFT_LEFT,
            "shr", Operator.SHIFT_RIGHT,
            "imul", Operator.MULTIPLY);

    private static Map<String, Register> registers() {
        Map<String, Register> found = new HashMap<>();
        String[] old = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
        for (int i = 0; i < old.length; i++) {
            found.put("r" + old[i], new Register(i, 64));
            found.put("e" + old[i], new Register(i, 32));
            found.put(old[i], new Register(i, 16));
            found.put(i < 4 ? old[i].charAt(0) + "l" : old[i] + "l", new Register(i, 8));
        }
        for (int i = 8; i < 16; i++) {
            found.put("r" + i, new Register(i, 64));
            found.put("r" + i + "d", new Register(i, 32));
            found.put("r" + i + "w", new Register(i, 16));
            found.put("r" + i + "b", new Register(i, 8));
        }
        return Map.copyOf(found);
    }

    @Override
    public List<Operation> lift(String mnemonic, String operands, long next, Supplier<List<String>> written) {
        String name = mnemonic.substring(mnemonic.lastIndexOf(' ') + 1);
        if (name.startsWith("j")) {
            return jump(name, operands);
        }
        List<String> parts = Lifter.split(operands);
        if (mnemonic.startsWith("lock ")
                && !parts.isEmpty()
                && operand(parts.getFirst(), next) instanceof Place place) {
            Operand value = parts.size() > 1 ? operand(parts.get(1), next) : new Immediate(1);
            return List.of(new Atomic(place, name, value), clobber(written));
        }
        return switch (name) {
            case "call" ->
                Lifter.isNumber(operands)
                        ? List.of(new Call(Lifter.number(operands)))
                        : List.of(new Operation.IndirectCall());
            case "ret" -> List.of(new Operation.Return());
            case "ud2" -> List.of(new Operation.Trap());
            case "hlt", "int3", "ud0", "ud1", "ud2b" -> List.of(new Operation.Halt());
            case "nop", "endbr64", "lfence", "mfence", "sfence", "pause" -> List.of();
            case "push" ->
                List.of(new Set(STACK, sum(new Register(STACK, 64), -8), false), store(parts.getFirst(), next));
            case "pop" -> pop(parts.getFirst(), next);
            case "cmp", "test" -> compare(name, parts, next);
            default -> computation(name, parts, next, written);
        };
    }

    private static List<Operation> jump(String name, String operands) {
        if (!Lifter.isNumber(operands)) {
            return List.of(new Operation.IndirectJump());
        }
        long target = Lifter.number(operands);
        return List.of(
                name.equals("jmp")
                        ? new Jump(target)
                        : new Branch(CONDITIONS.getOrDefault(name.substring(1), Condition.OTHER), target));
    }

    private static Operand sum(Operand left, long right) {
        return new Binary(Operator.ADD, left, new Immediate(right), 64);
    }

    private Operation store(String what, long next) {
        return new Store(new Place(STACK, -1, 1, 0, 64, false, false), operand(what, next));
    }

    private List<Operation> pop(String where, long next) {
        Set back = new Set(STACK, sum(new Register(STACK, 64), 8), false);
        return operand(where, next) instanceof Register r
                ? List.of(new Set(r.number(), new Place(STACK, -1, 1, 0, 64, false, false), false), back)
                : List.of(back);
    }

    private List<Operation> compare(String name, List<String> parts, long next) {
        Operand left = operand(parts.get(0), next);
        return List.of(new Compare(left, operand(parts.get(1), next), name.equals("test"), bits(left)));
    }

    private static int bits(Operand operand) {
        return switch (operand) {
            case Register r -> r.bits();
            case Place p -> p.bits();
            default -> 64;
        };
    }

    private List<Operation> computation(String name, List<String> parts, long next, Supplier<List<String>> written) {
        if (parts.size() < 2) {
            return single(name, parts, next, written);
        }
        Operand to = operand(parts.get(0), next);
        Operand from = operand(parts.get(1), next);
        if (to instanceof Place place && (name.equals("mov") || OPERATORS.containsKey(name))) {
            Operand value = name.equals("mov") ? from : new Unknown();
            return name.equals("mov")
                    ? List.of(new Store(place, value))
                    : List.of(new Store(place, value), clobber(written));
        }
        if (!(to instanceof Register register)) {
            return List.of(clobber(written));
        }
        int number = register.number();
        if (name.equals("mov") || name.equals("movabs")) {
            return List.of(new Set(number, from, false));
        }
        if (name.equals("lea") && from instanceof Place place) {
            return List.of(new Set(number, new AddressOf(place), false));
        }
        if (name.startsWith("movzx") || name.startsWith("movsx")) {
            return List.of(new Set(number, new Extended(from, bits(from), name.startsWith("movsx")), false));
        }
        if (name.startsWith("cmov")) {
            return List.of(new Set(number, new Choice(register, from), false));
        }
        if (name.equals("sbb") && from.equals(to)) {
            return List.of(new Set(number, new Choice(new Immediate(0), new Immediate(-1)), true));
        }
        if (OPERATORS.containsKey(name)) {
            return List.of(new Set(number, binary(name, register, from, parts, next), true));
        }
        return List.of(clobber(written));
    }

    private Operand binary(String name, Register to, Operand from, List<String> parts, long next) {
        if (name.equals("xor") && from.equals(to)) {
            return new Immediate(0);
        }
        Operand left = parts.size() > 2 ? from : to;
        Operand right = parts.size() > 2 ? operand(parts.get(2), next) : from;
        return new Binary(OPERATORS.get(name), left, right, to.bits());
    }

    private List<Operation> single(String name, List<String> parts, long next, Supplier<List<String>> written) {
        if (parts.size() != 1 || !(operand(parts.getFirst(), next) instanceof Register r)) {
            return List.of(clobber(written));
        }
        if (name.startsWith("set")) {
            return List.of(new Set(r.number(), new Choice(new Immediate(0), new Immediate(1)), false));
        }
        Operand value = switch (name) {
            case "neg" -> new Binary(Operator.SUBTRACT, new Immediate(0), r, r.bits());
            case "not" -> new Binary(Operator.XOR, r, new Immediate(-1), r.bits());
            case "inc" -> new Binary(Operator.ADD, r, new Immediate(1), r.bits());
            case "dec" -> new Binary(Operator.SUBTRACT, r, new Immediate(1), r.bits());
            default -> new Unknown();
        };
        return value instanceof Unknown ? List.of(clobber(written)) : List.of(new Set(r.number(), value, true));
    }

    private static Clobber clobber(Supplier<List<String>> written) {
        List<String> names = written.get();
        return new Clobber(
                names.stream()
                        .map(REGISTERS::get)
                        .filter(r -> r != null)
                        .map(Register::number)
                        .distinct()
                        .toList(),
                names.contains("rflags"));
    }

    private static Operand operand(String text, long next) {
        if (Lifter.isNumber(text)) {
            return new Immediate(signed(Lifter.number(text)));
        }
        Register register = REGISTERS.get(text);
        if (register != null) {
            return register;
        }
        int open = text.indexOf('[');
        return open >= 0 ? place(text, open, next) : new Unknown();
    }

    /** Operands of 32 bits are written without their sign. */
    private static long signed(long value) {
        return value >= 0x8000_0000L && value <= 0xffff_ffffL ? (int) value : value;
    }

    private static int size(String text) {
        return text.startsWith("byte") ? 8 : text.startsWith("word") ? 16 : text.startsWith("dword") ? 32 : 64;
    }

    /** "qword ptr gs:[rax + rbx*8 - 0x10]". */
    private static Operand place(String text, int open, long next) {
        int base = -1;
        int index = -1;
        int scale = 1;
        long displacement = 0;
        boolean absolute = false;
        String inner = text.substring(open + 1, text.indexOf(']')).replace(" - ", " + -");
        for (String term : List.of(inner.split(" \\+ ", -1))) {
            int star = term.indexOf('*');
            if (star > 0) {
                Register r = REGISTERS.get(term.substring(0, star));
                index = r == null ? -1 : r.number();
                scale = Integer.parseInt(term.substring(star + 1));
            } else if (term.equals("rip")) {
                absolute = true;
                displacement += next;
            } else if (Lifter.isNumber(term)) {
                displacement += Lifter.number(term);
            } else {
                Register r = REGISTERS.get(term);
                if (r == null) {
                    return new Unknown();
                }
                if (base < 0) {
                    base = r.number();
                } else {
                    index = r.number();
                }
            }
        }
        boolean perCpu = text.lastIndexOf("gs:", open) >= 0;
        return new Place(base, index, scale, displacement, size(text), absolute || (base < 0 && index < 0), perCpu);
    }
}
