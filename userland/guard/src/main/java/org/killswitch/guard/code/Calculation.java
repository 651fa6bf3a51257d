// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard.code;

import static org.killswitch.guard.code.Assembler.R0;
import static org.killswitch.guard.code.Assembler.R1;
import static org.killswitch.guard.code.Assembler.R2;

import org.killswitch.bpf.Insn;
import org.killswitch.guard.IntKind;
import org.killswitch.guard.Operator;
import org.killswitch.guard.code.Assembler.Label;

/** Instructions for operators. */
final class Calculation {

    private Calculation() {}

    static int shift(Operator operator, IntKind kind) {
        return operator == Operator.SHL ? Insn.LSH : kind.signed() ? Insn.ARSH : Insn.RSH;
    }

    static int alu(Operator operator) {
        return switch (operator) {
            case BIT_OR -> Insn.OR;
            case BIT_XOR -> Insn.XOR;
            case BIT_AND -> Insn.AND;
            case ADD -> Insn.ADD;
            case SUB -> Insn.SUB;
            case MUL -> Insn.MUL;
            case DIV -> Insn.DIV;
            case MOD -> Insn.MOD;
            default -> throw new IllegalArgumentException(operator.sign());
        };
    }

    /** r0 by r1. Kernels before 6.6 divide unsigned numbers only, so that signs are taken off and put on again. */
    static void divide(Assembler out, Operator operator, IntKind kind) {
        if (!kind.signed()) {
            out.alu(alu(operator), R0, R1);
            return;
        }
        // Negative if the result is: a remainder has the dividend's sign.
        out.move(R2, R0);
        if (operator == Operator.DIV) {
            out.alu(Insn.XOR, R2, R1);
        }
        negateIfNegative(out, R0, R0);
        negateIfNegative(out, R1, R1);
        out.alu(alu(operator), R0, R1);
        negateIfNegative(out, R0, R2);
    }

    private static void negateIfNegative(Assembler out, int register, int sign) {
        Label skip = new Label();
        out.jumpIfNumber(Insn.JSGE, sign, 0, skip);
        out.negate(register);
        out.label(skip);
    }
}
