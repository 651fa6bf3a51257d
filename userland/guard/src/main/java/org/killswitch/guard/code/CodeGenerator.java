// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard.code;

import static org.killswitch.guard.code.Assembler.R0;
import static org.killswitch.guard.code.Assembler.R1;
import static org.killswitch.guard.code.Assembler.R10;
import static org.killswitch.guard.code.Assembler.R2;
import static org.killswitch.guard.code.Assembler.R6;
import static org.killswitch.guard.code.Assembler.R7;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.killswitch.bpf.Helper;
import org.killswitch.bpf.Insn;
import org.killswitch.guard.GuardException.WrongException;
import org.killswitch.guard.IntKind;
import org.killswitch.guard.Node;
import org.killswitch.guard.Operator;
import org.killswitch.guard.Span;
import org.killswitch.guard.TextMatch;
import org.killswitch.guard.code.Assembler.Label;

/**
 * Compiles a checked expression to instructions that every kernel since 5.10 knows. The result of each part is in r0.
 * r6 has the context; what has to be kept meanwhile is in r7 to r9, and then on the stack, below the room that the
 * kernel's helpers write to. It is long because there are many kinds of nodes, a method or two for each.
 */
public final class CodeGenerator {

    /** Instructions; so that jumps reach, and that nobody's system calls wait for more. */
    private static final int INSNS_MAX = 4096;

    /** The answer of a program that could not read something, and 1 more if such a call is to be overridden; the module counts both. */
    public static final int UNREAD = 0x4b53_0000;

    private static final int STACK_SIZE = 512;
    private static final int WORD = 8;
    private static final int KEPT_REGISTERS = 3;

    private final Assembler out;
    private final Target target;
    private final MemoryCode memory;
    private final Needs needs = new Needs();
    private int kept;

    private CodeGenerator(Assembler out, Target target, Label unread) {
        this.out = out;
        this.target = target;
        memory = new MemoryCode(out, target.tagBits(), unread);
    }

    /**
     * A program that returns 1 where the expression is not 0, and else 0.
     *
     * @param unread what it returns where it cannot read something
     */
    public static Code compile(Node node, Target target, int unread) throws WrongException {
        Label onUnread = new Label();
        CodeGenerator generator = new CodeGenerator(new Assembler(node.span()), target, onUnread);
        generator.program(node);
        if (onUnread.isUsed()) {
            generator.out.label(onUnread);
            generator.out.load(R0, unread);
            generator.out.exit();
        }
        if (generator.out.size() > INSNS_MAX) {
            throw new WrongException(
                    node.span(),
                    "this takes " + generator.out.size() + " instructions, and a guard may have " + INSNS_MAX
                            + "; shorten it");
        }
        return generator.out.finish();
    }

    private void program(Node node) throws WrongException {
        out.move(R6, R1);
        if (node instanceof Node.Const c) {
            out.load(R0, c.value() == 0 ? 0 : 1);
            out.exit();
            return;
        }
        Label no = new Label();
        jumpUnless(node, no);
        out.load(R0, 1);
        out.exit();
        out.label(no);
        out.load(R0, 0);
        out.exit();
    }

    // Values

    private void value(Node node) throws WrongException {
        Span outer = out.enter(node.span());
        switch (node) {
            case Node.Const c -> out.load(R0, c.value());
            case Node.Argument a -> argument(a);
            case Node.HelperCall a -> ask(a.helper());
            case Node.Load l -> load(l);
            case Node.Bits b -> bits(b);
            case Node.Convert c -> {
                value(c.operand());
                convert(c.operand().kind(), c.kind());
            }
            case Node.Narrow n -> {
                value(n.operand());
                extend(n.bytes(), n.signed(), true);
            }
            case Node.Swap s -> {
                value(s.operand());
                out.swap(R0, s.bytes());
            }
            case Node.Negate n -> {
                value(n.operand());
                out.negate(R0);
                cut(n.kind());
            }
            case Node.Complement c -> {
                value(c.operand());
                out.aluNumber(Insn.XOR, R0, -1);
                cut(c.kind());
            }
            case Node.Binary b -> binary(b);
            case Node.Condition c -> {
                Label no = new Label();
                Label end = new Label();
                jumpUnless(c, no);
                out.load(R0, 1);
                out.jump(end);
                out.label(no);
                out.load(R0, 0);
                out.label(end);
            }
        }
        out.leave(outer);
    }

    private void argument(Node.Argument a) {
        target.loadArgument(out, a.index());
        extend(a.bytes(), a.signed(), true);
    }

    /** Fills what is above some bytes; unsigned ones need nothing where zeros are there already. */
    private void extend(int bytes, boolean signed, boolean dirty) {
        if (bytes < WORD && (signed || dirty)) {
            int shift = 64 - bytes * 8;
            out.aluNumber(Insn.LSH, R0, shift);
            out.aluNumber(signed ? Insn.ARSH : Insn.RSH, R0, shift);
        }
    }

    private void cut(IntKind kind) {
        extend(kind.bits() / 8, kind.signed(), true);
    }

    /** A value of 32 bits is kept extended, so that it is one of 64 bits, too. */
    private void convert(IntKind from, IntKind to) {
        if (to.bits() == 32 && from != to) {
            cut(to);
        }
    }

    private void ask(Node.CallerHelper question) {
        switch (question) {
            case UID -> {
                out.call(Helper.BPF_GET_CURRENT_UID_GID);
                cut(IntKind.U32);
            }
            case GID -> {
                out.call(Helper.BPF_GET_CURRENT_UID_GID);
                out.aluNumber(Insn.RSH, R0, 32);
            }
            // What the kernel calls the thread group.
            case PID -> {
                out.call(Helper.BPF_GET_CURRENT_PID_TGID);
                out.aluNumber(Insn.RSH, R0, 32);
            }
            case CGROUP -> out.call(Helper.BPF_GET_CURRENT_CGROUP_ID);
            case TASK -> out.call(Helper.BPF_GET_CURRENT_TASK);
        }
    }

    // Memory

    private void load(Node.Load l) throws WrongException {
        value(l.from().address());
        memory.read(l.from(), l.bytes(), l.followed());
        out.read(R0, R10, -WORD, l.bytes());
        extend(l.bytes(), l.signed(), false);
    }

    private void bits(Node.Bits b) throws WrongException {
        value(b.from().address());
        out.writeZero(R10, -WORD);
        memory.read(b.from(), b.bytes(), false);
        out.read(R0, R10, -WORD, WORD);
        int above = 64 - b.shift() - b.width();
        if (above > 0) {
            out.aluNumber(Insn.LSH, R0, above);
        }
        if (b.width() < 64) {
            out.aluNumber(b.signed() ? Insn.ARSH : Insn.RSH, R0, 64 - b.width());
        }
    }

    /** Jumps if the text is another one. */
    private void text(Node.TextIs t, Label no) throws WrongException {
        value(t.at().address());
        if (t.match() == TextMatch.END) {
            keep(t);
            memory.end(t, this::copyLast, no);
            kept--;
        } else {
            memory.start(t, no);
        }
    }

    /** Loads what was kept last, and keeps it. */
    private void copyLast(int register) {
        takeBack(register);
        kept++;
    }

    private void comm(Node.CommIs c, Label no) {
        out.move(R1, R10);
        out.aluNumber(Insn.ADD, R1, MemoryCode.SCRATCH);
        out.load(R2, Node.COMM_SIZE);
        out.call(Helper.BPF_GET_CURRENT_COMM);
        byte[] text = c.text().getBytes(StandardCharsets.UTF_8);
        memory.compare(c.match() == TextMatch.WHOLE ? Arrays.copyOf(text, text.length + 1) : text, no);
    }

    // Two operands

    /** Computes the left operand to r0 and the right one to r1. */
    private void operands(Node left, Node right) throws WrongException {
        if (right instanceof Node.Const c) {
            value(left);
            out.load(R1, c.value());
        } else if (needs.of(left) >= needs.of(right)) {
            value(left);
            keep(left);
            value(right);
            out.move(R1, R0);
            takeBack(R0);
        } else {
            value(right);
            keep(right);
            value(left);
            takeBack(R1);
        }
    }

    private void keep(Node node) throws WrongException {
        if (kept < KEPT_REGISTERS) {
            out.move(R7 + kept, R0);
        } else {
            if (-slot(kept) > STACK_SIZE) {
                throw new WrongException(node.span(), "this is too deeply nested; shorten it");
            }
            out.write(R10, slot(kept), R0);
        }
        kept++;
    }

    private void takeBack(int register) {
        kept--;
        if (kept < KEPT_REGISTERS) {
            out.move(register, R7 + kept);
        } else {
            out.read(register, R10, slot(kept), WORD);
        }
    }

    private static int slot(int kept) {
        return MemoryCode.SCRATCH - (kept - KEPT_REGISTERS + 1) * WORD;
    }

    private void binary(Node.Binary b) throws WrongException {
        IntKind kind = b.kind();
        Operator operator = b.operator();
        if (operator.isShift() && b.right() instanceof Node.Const c) {
            value(b.left());
            int bits = (int) (c.value() & (kind.bits() - 1));
            out.aluNumber(Calculation.shift(operator, kind), R0, bits);
        } else if (b.right() instanceof Node.Const c
                && c.value() == (int) c.value()
                && operator != Operator.DIV
                && operator != Operator.MOD) {
            value(b.left());
            out.aluNumber(Calculation.alu(operator), R0, (int) c.value());
        } else {
            operands(b.left(), b.right());
            switch (operator) {
                case SHL, SHR -> {
                    out.aluNumber(Insn.AND, R1, kind.bits() - 1);
                    out.alu(Calculation.shift(operator, kind), R0, R1);
                }
                case DIV, MOD -> Calculation.divide(out, operator, kind);
                default -> out.alu(Calculation.alu(operator), R0, R1);
            }
        }
        // What the others give of two extended values is extended.
        switch (operator) {
            case ADD, SUB, MUL, SHL, DIV -> cut(kind);
            default -> {}
        }
    }

    // Conditions

    private void jumpUnless(Node node, Label to) throws WrongException {
        jump(node, false, to);
    }

    /** Jumps where the node's truth is the wanted one; else goes on. */
    private void jump(Node node, boolean wanted, Label to) throws WrongException {
        Span outer = out.enter(node.span());
        switch (node) {
            case Node.Not n -> jump(n.operand(), !wanted, to);
            case Node.Logic l
            when (l.operator() == Operator.OR) == wanted -> {
                jump(l.left(), wanted, to);
                jump(l.right(), wanted, to);
            }
            case Node.Logic l -> {
                Label skip = new Label();
                jump(l.left(), !wanted, skip);
                jump(l.right(), wanted, to);
                out.label(skip);
            }
            case Node.Compare c ->
                compare(c, wanted ? c.operator() : c.operator().opposite(), to);
            case Node.CommIs c -> onMismatch(wanted, to, no -> comm(c, no));
            case Node.TextIs t -> onMismatch(wanted, to, no -> text(t, no));
            default -> {
                value(node);
                out.jumpIfNumber(wanted ? Insn.JNE : Insn.JEQ, R0, 0, to);
            }
        }
        out.leave(outer);
    }

    /** Code that jumps on a mismatch. */
    private interface Matching {
        void emit(Label no) throws WrongException;
    }

    private void onMismatch(boolean wanted, Label to, Matching matching) throws WrongException {
        if (!wanted) {
            matching.emit(to);
            return;
        }
        Label no = new Label();
        matching.emit(no);
        out.jump(to);
        out.label(no);
    }

    private void compare(Node.Compare c, Operator operator, Label to) throws WrongException {
        int condition = condition(operator, c.left().kind().signed());
        if (c.right() instanceof Node.Const number && number.value() == (int) number.value()) {
            value(c.left());
            out.jumpIfNumber(condition, R0, (int) number.value(), to);
        } else {
            operands(c.left(), c.right());
            out.jumpIf(condition, R0, R1, to);
        }
    }

    private static int condition(Operator operator, boolean signed) {
        return switch (operator) {
            case EQ -> Insn.JEQ;
            case NE -> Insn.JNE;
            case LT -> signed ? Insn.JSLT : Insn.JLT;
            case LE -> signed ? Insn.JSLE : Insn.JLE;
            case GT -> signed ? Insn.JSGT : Insn.JGT;
            case GE -> signed ? Insn.JSGE : Insn.JGE;
            default -> throw new IllegalArgumentException(operator.sign());
        };
    }
}
