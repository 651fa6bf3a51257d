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

    static boolean isTrue(Node node, Machine machine) {
        return new Interpreter(machine).value(node).signum() != 0;
    }

    private BigInteger value(Node node) {
        return switch (node) {
            case Node.Const c -> range(c.kind(), BigInteger.valueOf(c.value()));
            case Node.Argument a -> {
                BigInteger raw = field(machine.argument(a.index()), 0, a.bytes() * 8, a.signed());
                yield range(a.kind(), raw);
            }
            case Node.HelperCall a -> range(a.kind(), BigInteger.valueOf(machine.ask(a.helper())));
            case Node.Load l ->
                range(l.kind(), field(load(l.address(), l.offset(), l.bytes()), 0, l.bytes() * 8, l.signed()));
            case Node.Bits b ->
                range(b.kind(), field(load(b.address(), b.offset(), b.bytes()), b.shift(), b.width(), b.signed()));
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
                boolean right = value(l.right()).signum() != 0;
                yield l.operator() == Operator.AND ? left && right : left || right;
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
            case Node.CommIs c -> machine.comm().equals(c.text());
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

    private long load(Node address, long offset, int bytes) {
        byte[] memory = machine.read(value(address).longValue() + offset, bytes);
        long word = 0;
        for (int i = bytes - 1; memory != null && i >= 0; i--) {
            word = word << 8 | Byte.toUnsignedLong(memory[i]);
        }
        return word;
    }

    /** The text up to its NUL, or to the end of the array it is in. */
    private boolean text(Node.TextIs t) {
        byte[] wanted = t.text().getBytes(StandardCharsets.UTF_8);
        long at = value(t.address()).longValue() + t.offset();
        if (t.room() > 0) {
            int compared = (int) Math.min(wanted.length + 1L, t.room());
            byte[] memory = machine.read(at, compared);
            return Arrays.equals(memory == null ? new byte[compared] : memory, Arrays.copyOf(wanted, compared));
        }
        for (int i = 0; i <= wanted.length; i++) {
            byte[] one = machine.read(at + i, 1);
            byte is = one == null ? 0 : one[0];
            if (is != (i < wanted.length ? wanted[i] : 0)) {
                return false;
            }
        }
        return true;
    }
}
