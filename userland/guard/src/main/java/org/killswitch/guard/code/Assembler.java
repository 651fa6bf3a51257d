// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard.code;

import java.util.ArrayList;
import java.util.List;
import org.killswitch.bpf.Helper;
import org.killswitch.bpf.Insn;
import org.killswitch.guard.Span;

/** Collects instructions, each with the part of the expression that it is for, and fills in where jumps go. */
public final class Assembler {

    public static final int R0 = 0;
    public static final int R1 = 1;
    public static final int R2 = 2;
    public static final int R3 = 3;
    public static final int R6 = 6;
    public static final int R7 = 7;
    public static final int R10 = 10;

    /** A place to jump to. */
    public static final class Label {
        private int at = -1;
        private boolean used;

        /** Whether something jumps there: the verifier refuses instructions that nothing reaches. */
        public boolean isUsed() {
            return used;
        }
    }

    private record Jump(int at, Label to) {}

    private final List<Insn> insns = new ArrayList<>();
    private final List<Span> sources = new ArrayList<>();
    private final List<Jump> jumps = new ArrayList<>();
    private Span source;

    public Assembler(Span source) {
        this.source = source;
    }

    /** What the next instructions are for; returns what the last were for. */
    public Span enter(Span next) {
        Span last = source;
        source = next;
        return last;
    }

    /** Back to what {@link #enter} returned. */
    public void leave(Span last) {
        source = last;
    }

    public int size() {
        return insns.size();
    }

    /** The program, and for each instruction what it is for; to be called once. */
    public Code finish() {
        for (Jump jump : jumps) {
            Insn insn = insns.get(jump.at);
            int distance = jump.to.at - jump.at - 1;
            insns.set(jump.at, new Insn(insn.code(), insn.dst(), insn.src(), distance, insn.imm()));
        }
        return new Code(List.copyOf(insns), List.copyOf(sources));
    }

    private void jumps(Label to) {
        to.used = true;
        jumps.add(new Jump(insns.size(), to));
    }

    private void emit(int code, int dst, int src, int off, int imm) {
        insns.add(new Insn(code, dst, src, off, imm));
        sources.add(source);
    }

    public void label(Label label) {
        label.at = insns.size();
    }

    public void move(int dst, int src) {
        emit(Insn.ALU64 | Insn.X | Insn.MOV, dst, src, 0, 0);
    }

    /** Any number. */
    public void load(int dst, long value) {
        if (value == (int) value) {
            emit(Insn.ALU64 | Insn.K | Insn.MOV, dst, 0, 0, (int) value);
        } else {
            emit(Insn.LD | Insn.IMM | Insn.DW, dst, 0, 0, (int) value);
            emit(0, 0, 0, 0, (int) (value >> 32));
        }
    }

    public void alu(int operation, int dst, int src) {
        emit(Insn.ALU64 | Insn.X | operation, dst, src, 0, 0);
    }

    public void aluNumber(int operation, int dst, int value) {
        emit(Insn.ALU64 | Insn.K | operation, dst, 0, 0, value);
    }

    /** Reverses the order of the lowest bytes, and clears the others; every machine of ours has the lower byte first. */
    public void swap(int dst, int bytes) {
        emit(Insn.ALU | Insn.X | Insn.END, dst, 0, 0, bytes * 8);
    }

    public void negate(int dst) {
        emit(Insn.ALU64 | Insn.NEG, dst, 0, 0, 0);
    }

    /** From memory that the verifier knows: the context and the stack. Smaller ones are zero-extended. */
    public void read(int dst, int base, int offset, int bytes) {
        emit(Insn.LDX | Insn.MEM | Insn.widthOf(bytes), dst, base, offset, 0);
    }

    public void write(int base, int offset, int src) {
        emit(Insn.STX | Insn.MEM | Insn.DW, base, src, offset, 0);
    }

    public void writeZero(int base, int offset) {
        emit(Insn.ST | Insn.MEM | Insn.DW, base, 0, offset, 0);
    }

    public void call(Helper helper) {
        emit(Insn.JMP | Insn.CALL, 0, 0, 0, helper.number());
    }

    public void exit() {
        emit(Insn.JMP | Insn.EXIT, 0, 0, 0, 0);
    }

    public void jump(Label to) {
        jumps(to);
        emit(Insn.JMP | Insn.JA, 0, 0, 0, 0);
    }

    public void jumpIf(int condition, int dst, int src, Label to) {
        jumps(to);
        emit(Insn.JMP | Insn.X | condition, dst, src, 0, 0);
    }

    public void jumpIfNumber(int condition, int dst, int value, Label to) {
        jumps(to);
        emit(Insn.JMP | Insn.K | condition, dst, 0, 0, value);
    }
}
