// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What an expression means for one call, worked out without instructions: numbers are as large as they get and are
 * brought into the range of their type at each step.
 */
final class Interpreter {

    /** The machine at the time of a call. */
    interface Machine {
        /** An argument register. */
        long argument(int index);

        long ask(Node.CallerHelper helper);

        String comm();

        /** Bytes of kernel memory; null if one of them cannot be read. */
        byte[] read(long address, int bytes);
    }

    private final Machine machine;

    private Interpreter(Machine machine) {
        this.machine = machine;
    }

    /** What a guard says. */
    enum Answer {
        TRUE,
        FALSE,
        UNREAD
    }

    static Answer answer(Node node, Machine machine) {
        try {
            return new Interpreter(machine).value(node).signum() != 0 ? Answer.TRUE : Answer.FALSE;
        } catch (UnreadException e) {
            return Answer.UNREAD;
        }
    }

    private static final class UnreadException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnreadException() {
            super(null, null, false, false);
        }
    }

    private BigInteger value(Node node) {
        return switch (node) {
            case Node.Const c -> range(c.kind(), BigInteger.valueOf(c.value()));
            case Node.Argument a -> {
                BigInteger raw = field(machine.argument(a.index()), 0, a.bytes() * 8, a.signed());
                yield range(a.kind(), raw);
            }
            case Node.HelperCall a -> range(a.kind(), BigInteger.valueOf(machine.ask(a.helper())));
            case Node.Load l -> range(l.kind(), field(load(l), 0, l.bytes() * 8, l.signed()));
            case Node.Bits b ->
                range(b.kind(), field(number(read(b.from(), 0, b.bytes())), b.shift(), b.width(), b.signed()));
            case Node.Narrow n -> range(n.kind(), field(value(n.operand()).longValue(), 0, n.bytes() * 8, n.signed()));
            case Node.Swap w ->
                range(
                        w.kind(),
                        BigInteger.valueOf(Long.reverseBytes(value(w.operand()).longValue()))
                                .shiftRight(64 - w.bytes() * 8)
                                .mod(BigInteger.ONE.shiftLeft(w.bytes() * 8)));
            case Node.Convert c -> range(c.kind(), value(c.operand()));
            case Node.Negate n -> range(n.kind(), value(n.operand()).negate());
            case Node.Complement c -> range(c.kind(), value(c.operand()).not());
            case Node.Binary b -> range(b.kind(), calculate(b));
            case Node.Condition c -> condition(c) ? BigInteger.ONE : BigInteger.ZERO;
        };
    }

    private boolean condition(Node.Condition condition) {
        return switch (condition) {
            case Node.Not n -> value(n.operand()).signum() == 0;
            case Node.Logic l -> {
                boolean left = value(l.left()).signum() != 0;
                yield left == (l.operator() == Operator.OR)
                        ? left
                        : value(l.right()).signum() != 0;
            }
            case Node.Compare c -> {
                int order = value(c.left()).compareTo(value(c.right()));
                yield switch (c.operator()) {
                    case EQ -> order == 0;
                    case NE -> order != 0;
                    case LT -> order < 0;
                    case LE -> order <= 0;
                    case GT -> order > 0;
                    default -> order >= 0;
                };
            }
            case Node.CommIs c -> matches(machine.comm().getBytes(StandardCharsets.UTF_8), c.text(), c.match());
            case Node.TextIs t -> text(t);
        };
    }

    private BigInteger calculate(Node.Binary b) {
        BigInteger left = value(b.left());
        BigInteger right = value(b.right());
        int count = right.mod(BigInteger.valueOf(b.kind().bits())).intValue();
        return switch (b.operator()) {
            case ADD -> left.add(right);
            case SUB -> left.subtract(right);
            case MUL -> left.multiply(right);
            case DIV -> right.signum() == 0 ? BigInteger.ZERO : left.divide(right);
            case MOD -> right.signum() == 0 ? left : left.remainder(right);
            case BIT_AND -> left.and(right);
            case BIT_OR -> left.or(right);
            case BIT_XOR -> left.xor(right);
            case SHL -> left.shiftLeft(count);
            case SHR -> left.shiftRight(count);
            default -> throw new IllegalArgumentException(b.operator().sign());
        };
    }

    /** Two's complement, of the kind's width. */
    private static BigInteger range(IntKind kind, BigInteger exact) {
        BigInteger modulus = BigInteger.ONE.shiftLeft(kind.bits());
        BigInteger value = exact.mod(modulus);
        return kind.signed() && value.testBit(kind.bits() - 1) ? value.subtract(modulus) : value;
    }

    private static BigInteger field(long word, int shift, int width, boolean signed) {
        BigInteger modulus = BigInteger.ONE.shiftLeft(width);
        BigInteger value = BigInteger.valueOf(word).shiftRight(shift).mod(modulus);
        return signed && value.testBit(width - 1) ? value.subtract(modulus) : value;
    }

    private long load(Node.Load l) {
        long address = address(l.from());
        long word = number(read(l.from(), 0, l.bytes()));
        if (l.followed() && l.from().space() == Space.EITHER && address >= 0 && word < 0) {
            throw new UnreadException();
        }
        return word;
    }

    private long address(Node.Memory from) {
        return value(from.address()).longValue() + from.offset();
    }

    private byte[] read(Node.Memory from, long offset, int bytes) {
        long address = address(from) + offset;
        boolean wrong = from.space() == Space.KERNEL ? address >= 0 : from.space() == Space.USER && address < 0;
        byte[] memory = wrong ? null : machine.read(address, bytes);
        if (memory == null) {
            throw new UnreadException();
        }
        return memory;
    }

    private static long number(byte[] memory) {
        long word = 0;
        for (int i = memory.length - 1; i >= 0; i--) {
            word = word << 8 | Byte.toUnsignedLong(memory[i]);
        }
        return word;
    }

    private static boolean matches(byte[] text, String wanted, TextMatch match) {
        byte[] bytes = wanted.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > text.length) {
            return false;
        }
        return switch (match) {
            case WHOLE -> Arrays.equals(text, bytes);
            case START -> Arrays.equals(text, 0, bytes.length, bytes, 0, bytes.length);
            case END -> Arrays.equals(text, text.length - bytes.length, text.length, bytes, 0, bytes.length);
        };
    }

    /** The text up to its NUL, or to the end of the array it is in; no further than it has to be read. */
    private boolean text(Node.TextIs t) {
        byte[] wanted = t.text().getBytes(StandardCharsets.UTF_8);
        int most = t.match() == TextMatch.END ? 4096 : wanted.length + (t.match() == TextMatch.WHOLE ? 1 : 0);
        int limit = t.room() > 0 ? (int) Math.min(t.room(), most) : most;
        byte[] text = new byte[limit];
        // Of an array, all that is compared is read.
        if (t.room() > 0 && t.match() != TextMatch.END && limit > 0) {
            read(t.at(), 0, limit);
        }
        for (int i = 0; i < limit; i++) {
            text[i] = read(t.at(), i, 1)[0];
            if (text[i] == 0) {
                return matches(Arrays.copyOf(text, i), t.text(), t.match());
            }
        }
        if (t.room() == 0) {
            // The kernel looks one further before it ends what is too long.
            read(t.at(), limit, 1);
            if (t.match() == TextMatch.END) {
                throw new UnreadException();
            }
        }
        return matches(text, t.text(), t.match());
    }
}
