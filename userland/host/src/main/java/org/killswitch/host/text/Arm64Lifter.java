// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
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

/** What arm64 instructions do. */
final class Arm64Lifter implements Lifter {

    static final int STACK = 31;

    private static final Map<String, Condition> CONDITIONS = Map.ofEntries(
            Map.entry("eq", Condition.EQUAL),
            Map.entry("ne", Condition.NOT_EQUAL),
            Map.entry("mi", Condition.NEGATIVE),
            Map.entry("pl", Condition.NOT_NEGATIVE),
            Map.entry("lt", Condition.LESS),
            Map.entry("le", Condition.LESS_OR_EQUAL),
            Map.entry("gt", Condition.GREATER),
            Map.entry("ge", Condition.GREATER_OR_EQUAL),
            Map.entry("lo", Condition.BELOW),
            Map.entry("cc", Condition.BELOW),
            Map.entry("ls", Condition.BELOW_OR_EQUAL),
            Map.entry("hi", Condition.ABOVE),
            Map.entry("hs", Condition.ABOVE_OR_EQUAL),
            Map.entry("cs", Condition.ABOVE_OR_EQUAL));

    private static final Map<String, Operator> OPERATORS = Map.of(
            "add", Operator.ADD,
            "sub", Operator.SUBTRACT,
            "and", Operator.AND,
            "orr", Operator.OR,
            "eor", Operator.XOR,
            "lsl", Operator.SHIFT_LEFT,
            "lsr", Operator.SHIFT_RIGHT,
            "mul", Operator.MULTIPLY);

    /** Atomic operations on memory that give nothing back, or the value before; "ldadda", "ldaddal" ... are of them, too. */
    private static final List<String> ATOMICS = List.of("ldadd", "stadd", "ldset", "ldclr", "swp", "cas");

    @Override
    public List<Operation> lift(String mnemonic, String operands, long next, Supplier<List<String>> written) {
        List<String> parts = Lifter.split(operands);
        return switch (mnemonic) {
            case "bl" -> List.of(new Call(target(operands)));
            case "b" -> List.of(new Jump(target(operands)));
            case "blr" -> List.of(new Operation.IndirectCall());
            case "br" -> List.of(new Operation.IndirectJump());
            case "ret" -> List.of(new Operation.Return());
            case "brk", "udf" -> List.of(new Operation.Trap());
            case "nop", "bti", "hint", "dmb", "dsb", "isb", "paciasp", "autiasp", "yield", "prfm" -> List.of();
            case "cbz", "cbnz" -> zeroBranch(mnemonic, parts);
            case "tbz", "tbnz" -> bitBranch(mnemonic, parts);
            case "cmp", "cmn", "tst" -> compare(mnemonic, parts);
            case "ldp", "stp" -> pair(mnemonic, parts, written);
            default ->
                mnemonic.startsWith("b.")
                        ? List.of(new Branch(
                                CONDITIONS.getOrDefault(mnemonic.substring(2), Condition.OTHER), target(operands)))
                        : memoryOrComputation(mnemonic, parts, written);
        };
    }

    private static long target(String text) {
        return Lifter.number(text.replace("#", ""));
    }

    private static List<Operation> zeroBranch(String mnemonic, List<String> parts) {
        Operand left = operand(parts.get(0));
        Condition condition = mnemonic.equals("cbz") ? Condition.EQUAL : Condition.NOT_EQUAL;
        return List.of(
                new Compare(left, new Immediate(0), false, bits(left)), new Branch(condition, target(parts.get(1))));
    }

    /** A test of the highest bit is one of the sign. */
    private static List<Operation> bitBranch(String mnemonic, List<String> parts) {
        Operand left = operand(parts.get(0));
        long bit = target(parts.get(1));
        long to = target(parts.get(2));
        boolean set = mnemonic.equals("tbnz");
        if (bit == 31 || bit == 63) {
            return List.of(
                    new Compare(left, new Immediate(0), false, (int) bit + 1),
                    new Branch(set ? Condition.NEGATIVE : Condition.NOT_NEGATIVE, to));
        }
        return List.of(
                new Compare(left, new Immediate(1L << bit), true, bits(left)),
                new Branch(set ? Condition.NOT_EQUAL : Condition.EQUAL, to));
    }

    private static int bits(Operand operand) {
        return operand instanceof Register r ? r.bits() : 64;
    }

    private static List<Operation> compare(String mnemonic, List<String> parts) {
        Operand left = operand(parts.get(0));
        Operand right = parts.size() == 2 ? operand(parts.get(1)) : new Unknown();
        if (parts.size() == 3 && right(parts, 1) instanceof Immediate i) {
            right = i;
        }
        if (mnemonic.equals("cmn")) {
            right = right instanceof Immediate i ? new Immediate(-i.value()) : new Unknown();
        }
        return List.of(new Compare(left, right, mnemonic.equals("tst"), bits(left)));
    }

    /** The operand from there on, with the shift after it if there is one. */
    private static Operand right(List<String> parts, int at) {
        Operand operand = operand(parts.get(at));
        if (parts.size() <= at + 1) {
            return operand;
        }
        String shift = parts.get(at + 1);
        if (operand instanceof Immediate i && shift.startsWith("lsl #")) {
            return new Immediate(i.value() << Lifter.number(shift.substring(5)));
        }
        return new Unknown();
    }

    private static List<Operation> memoryOrComputation(
            String mnemonic, List<String> parts, Supplier<List<String>> written) {
        boolean hasPlace = parts.stream().anyMatch(p -> p.startsWith("["));
        if (!hasPlace) {
            return computation(mnemonic, parts, written);
        }
        int at = parts.size() > 1 && parts.get(1).startsWith("[") ? 1 : -1;
        if (at == 1 && (mnemonic.startsWith("ldr") || mnemonic.startsWith("ldur") || mnemonic.equals("ldar"))) {
            return load(mnemonic, parts);
        }
        if (at == 1 && (mnemonic.startsWith("str") || mnemonic.startsWith("stur") || mnemonic.startsWith("stlr"))) {
            List<Operation> operations = new ArrayList<>();
            operations.add(new Store(place(parts, 1, bytes(mnemonic, parts.get(0)) * 8), operand(parts.get(0))));
            writeBack(parts, 1, operations);
            return operations;
        }
        if (ATOMICS.stream().anyMatch(mnemonic::startsWith)) {
            int where = parts.size() - 1;
            return List.of(
                    new Atomic(place(parts, where, bits(operand(parts.get(0)))), mnemonic, operand(parts.get(0))),
                    clobber(written));
        }
        return List.of(clobber(written));
    }

    private static int bytes(String mnemonic, String register) {
        return mnemonic.endsWith("b") ? 1 : mnemonic.endsWith("h") ? 2 : register.startsWith("w") ? 4 : 8;
    }

    private static List<Operation> load(String mnemonic, List<String> parts) {
        List<Operation> operations = new ArrayList<>();
        int bits = mnemonic.endsWith("sw") ? 32 : bytes(mnemonic, parts.get(0)) * 8;
        Operand value = place(parts, 1, bits);
        boolean signed = mnemonic.startsWith("ldrs") || mnemonic.startsWith("ldurs");
        set(parts.get(0), bits < 32 || signed ? new Extended(value, bits, signed) : value, false, operations);
        writeBack(parts, 1, operations);
        return operations;
    }

    private static List<Operation> pair(String mnemonic, List<String> parts, Supplier<List<String>> written) {
        if (!(operand(parts.get(0)) instanceof Register || operand(parts.get(0)) instanceof Immediate)) {
            return List.of(clobber(written));
        }
        int bytes = parts.get(0).startsWith("w") ? 4 : 8;
        Place first = place(parts, 2, bytes * 8);
        Place second = new Place(
                first.base(), first.index(), first.scale(), first.displacement() + bytes, bytes * 8, false, false);
        List<Operation> operations = new ArrayList<>();
        if (mnemonic.equals("stp")) {
            operations.add(new Store(first, operand(parts.get(0))));
            operations.add(new Store(second, operand(parts.get(1))));
        } else {
            // The first one's register may be the base of both.
            boolean baseLast = operand(parts.get(0)) instanceof Register r && r.number() == first.base();
            set(parts.get(baseLast ? 1 : 0), baseLast ? second : first, false, operations);
            set(parts.get(baseLast ? 0 : 1), baseLast ? first : second, false, operations);
        }
        writeBack(parts, 2, operations);
        return operations;
    }

    private static void set(String register, Operand value, boolean flags, List<Operation> operations) {
        if (operand(register) instanceof Register r) {
            operations.add(new Set(r.number(), value, flags));
        }
    }

    /** "[x0, #8]!" and "[x0], #8" change the base. */
    private static void writeBack(List<String> parts, int at, List<Operation> operations) {
        String text = parts.get(at);
        Place place = place(parts, at, 64);
        long by = text.endsWith("!")
                ? Lifter.number(text.substring(text.indexOf('#') + 1, text.indexOf(']')))
                : parts.size() > at + 1 && parts.get(at + 1).startsWith("#") ? target(parts.get(at + 1)) : 0;
        if (by != 0) {
            Operand base = new Register(place.base(), 64);
            operations.add(new Set(place.base(), new Binary(Operator.ADD, base, new Immediate(by), 64), false));
        }
    }

    /** "[x0]", "[x0, #8]", "[x0, x1, lsl #3]". */
    private static Place place(List<String> parts, int at, int bits) {
        String text = parts.get(at);
        List<String> inner = Lifter.split(text.substring(1, text.indexOf(']')));
        int base = operand(inner.get(0)) instanceof Register r ? r.number() : -1;
        int index = -1;
        long displacement = 0;
        if (inner.size() > 1) {
            switch (operand(inner.get(1))) {
                case Register r -> index = r.number();
                case Immediate i -> displacement = i.value();
                default -> index = STACK;
            }
        }
        return new Place(base, index, 1, displacement, bits, false, false);
    }

    private static List<Operation> computation(String mnemonic, List<String> parts, Supplier<List<String>> written) {
        if (parts.size() < 2 || !(operand(parts.get(0)) instanceof Register to)) {
            return List.of(clobber(written));
        }
        boolean flags = mnemonic.endsWith("s") && OPERATORS.containsKey(mnemonic.substring(0, mnemonic.length() - 1));
        String name = flags ? mnemonic.substring(0, mnemonic.length() - 1) : mnemonic;
        Operand value = value(name, to, parts);
        return value instanceof Unknown ? List.of(clobber(written)) : List.of(new Set(to.number(), value, flags));
    }

    private static Operand value(String name, Register to, List<String> parts) {
        Operand first = operand(parts.get(1));
        return switch (name) {
            case "mov" -> first;
            case "movz", "adrp", "adr" -> right(parts, 1);
            case "movn" -> right(parts, 1) instanceof Immediate i ? new Immediate(~i.value()) : new Unknown();
            case "mvn" -> new Binary(Operator.XOR, first, new Immediate(-1), to.bits());
            case "neg" -> new Binary(Operator.SUBTRACT, new Immediate(0), right(parts, 1), to.bits());
            case "sxtw" -> new Extended(first, 32, true);
            case "uxtb", "sxtb" -> new Extended(first, 8, name.startsWith("s"));
            case "uxth", "sxth" -> new Extended(first, 16, name.startsWith("s"));
            case "csel" -> new Choice(first, operand(parts.get(2)));
            case "csinc" -> new Choice(first, plusOne(operand(parts.get(2)), to));
            case "csinv" -> new Choice(first, inverted(operand(parts.get(2)), to));
            case "csneg" -> new Choice(first, negated(operand(parts.get(2)), to));
            case "cinc" -> new Choice(first, plusOne(first, to));
            case "cinv" -> new Choice(first, inverted(first, to));
            case "cneg" -> new Choice(first, negated(first, to));
            case "cset" -> new Choice(new Immediate(0), new Immediate(1));
            case "csetm" -> new Choice(new Immediate(0), new Immediate(-1));
            default ->
                OPERATORS.containsKey(name) && parts.size() > 2
                        ? new Binary(OPERATORS.get(name), first, right(parts, 2), to.bits())
                        : new Unknown();
        };
    }

    private static Operand plusOne(Operand operand, Register to) {
        return new Binary(Operator.ADD, operand, new Immediate(1), to.bits());
    }

    private static Operand inverted(Operand operand, Register to) {
        return new Binary(Operator.XOR, operand, new Immediate(-1), to.bits());
    }

    private static Operand negated(Operand operand, Register to) {
        return new Binary(Operator.SUBTRACT, new Immediate(0), operand, to.bits());
    }

    private static Clobber clobber(Supplier<List<String>> written) {
        List<String> names = written.get();
        List<Integer> registers = new ArrayList<>();
        for (String name : names) {
            if (operand(name) instanceof Register r) {
                registers.add(r.number());
            }
        }
        return new Clobber(registers, names.contains("nzcv"));
    }

    private static Operand operand(String text) {
        if (text.startsWith("#")) {
            return new Immediate(signed(Lifter.number(text.substring(1))));
        }
        return switch (text) {
            case "wzr", "xzr" -> new Immediate(0);
            case "sp" -> new Register(STACK, 64);
            case "fp" -> new Register(29, 64);
            case "lr" -> new Register(30, 64);
            default -> numbered(text);
        };
    }

    private static long signed(long value) {
        return value >= 0x8000_0000L && value <= 0xffff_ffffL ? (int) value : value;
    }

    private static Operand numbered(String text) {
        if (text.length() < 2 || text.length() > 3 || (text.charAt(0) != 'x' && text.charAt(0) != 'w')) {
            return new Unknown();
        }
        for (int i = 1; i < text.length(); i++) {
            if (!Character.isDigit(text.charAt(i))) {
                return new Unknown();
            }
        }
        return new Register(Integer.parseInt(text.substring(1)), text.charAt(0) == 'x' ? 64 : 32);
    }
}
