// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.killswitch.bpf.Helper;
import org.killswitch.bpf.Insn;

/** Instructions as the kernel's verifier and bpftool write them. */
public final class Disassembler {

    private static final int SOURCE_COLUMN = 40;

    private Disassembler() {}

    /** A line for each instruction; the first of those for one part of the expression has that part beside it. */
    public static List<String> lines(Code program, String expression) {
        List<String> lines = new ArrayList<>();
        String last = "";
        for (int i = 0; i < program.insns().size(); i++) {
            Insn insn = program.insns().get(i);
            String text = String.format(
                    "%4d: %s", i, insn.isWideLoad() ? wide(insn, program.insns().get(i + 1)) : line(insn, i));
            String source = program.sources().get(i).of(expression).replaceAll("\\s+", " ");
            lines.add(source.equals(last) ? text : String.format("%-" + SOURCE_COLUMN + "s; %s", text, source));
            last = source;
            if (insn.isWideLoad()) {
                i++;
            }
        }
        return lines;
    }

    private static String wide(Insn low, Insn high) {
        return "r" + low.dst() + " = 0x" + Long.toHexString((long) high.imm() << 32 | (low.imm() & 0xffff_ffffL))
                + " ll";
    }

    private static String line(Insn i, int at) {
        return switch (i.classOf()) {
            case Insn.LDX -> "r" + i.dst() + " = " + memory(i, i.src());
            case Insn.STX -> memory(i, i.dst()) + " = r" + i.src();
            case Insn.ST -> memory(i, i.dst()) + " = " + i.imm();
            case Insn.ALU64 -> calculation(i);
            case Insn.ALU -> "r" + i.dst() + " = be" + i.imm() + " r" + i.dst();
            case Insn.JMP -> jump(i, at);
            default -> "?" + Integer.toHexString(i.code());
        };
    }

    private static String memory(Insn i, int base) {
        String type = switch (i.width()) {
            case Insn.B -> "u8";
            case Insn.H -> "u16";
            case Insn.W -> "u32";
            default -> "u64";
        };
        return "*(" + type + " *)(r" + base + " " + (i.off() < 0 ? "- " + -i.off() : "+ " + i.off()) + ")";
    }

    private static String operand(Insn i) {
        return i.fromRegister() ? "r" + i.src() : Integer.toString(i.imm());
    }

    private static String calculation(Insn i) {
        if (i.operation() == Insn.NEG) {
            return "r" + i.dst() + " = -r" + i.dst();
        }
        String sign = switch (i.operation()) {
            case Insn.ADD -> "+=";
            case Insn.SUB -> "-=";
            case Insn.MUL -> "*=";
            case Insn.DIV -> "/=";
            case Insn.OR -> "|=";
            case Insn.AND -> "&=";
            case Insn.LSH -> "<<=";
            case Insn.RSH -> ">>=";
            case Insn.MOD -> "%=";
            case Insn.XOR -> "^=";
            case Insn.MOV -> "=";
            case Insn.ARSH -> "s>>=";
            default -> "?=";
        };
        return "r" + i.dst() + " " + sign + " " + operand(i);
    }

    private static String jump(Insn i, int at) {
        String to = "goto " + (at + 1 + i.off());
        String sign = switch (i.operation()) {
            case Insn.JEQ -> "==";
            case Insn.JNE -> "!=";
            case Insn.JGT -> ">";
            case Insn.JGE -> ">=";
            case Insn.JLT -> "<";
            case Insn.JLE -> "<=";
            case Insn.JSGT -> "s>";
            case Insn.JSGE -> "s>=";
            case Insn.JSLT -> "s<";
            case Insn.JSLE -> "s<=";
            default -> "";
        };
        return switch (i.operation()) {
            case Insn.JA -> to;
            case Insn.EXIT -> "exit";
            case Insn.CALL ->
                "call "
                        + Helper.numbered(i.imm())
                                .map(h -> h.name().toLowerCase(Locale.ROOT))
                                .orElse("" + i.imm());
            default -> "if r" + i.dst() + " " + sign + " " + operand(i) + " " + to;
        };
    }
}
