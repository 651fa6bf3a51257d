// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** {@code struct bpf_insn}; a 64-bit number takes two of them. */
public record Insn(int code, int dst, int src, int off, int imm) {

    public static final int SIZE = 8;

    // Classes.
    public static final int LD = 0x00;
    public static final int LDX = 0x01;
    public static final int ST = 0x02;
    public static final int STX = 0x03;
    public static final int ALU = 0x04;
    public static final int JMP = 0x05;
    public static final int ALU64 = 0x07;

    // Sizes and modes of memory access.
    public static final int W = 0x00;
    public static final int H = 0x08;
    public static final int B = 0x10;
    public static final int DW = 0x18;
    public static final int IMM = 0x00;
    public static final int MEM = 0x60;

    // The second operand: a number or a register.
    public static final int K = 0x00;
    public static final int X = 0x08;

    // Calculations.
    public static final int ADD = 0x00;
    public static final int SUB = 0x10;
    public static final int MUL = 0x20;
    public static final int DIV = 0x30;
    public static final int OR = 0x40;
    public static final int AND = 0x50;
    public static final int LSH = 0x60;
    public static final int RSH = 0x70;
    public static final int NEG = 0x80;
    public static final int MOD = 0x90;
    public static final int XOR = 0xa0;
    public static final int MOV = 0xb0;
    public static final int ARSH = 0xc0;

    /** Of {@link #ALU}, with {@link #X}: to the order of the network. */
    public static final int END = 0xd0;

    // Jumps.
    public static final int JA = 0x00;
    public static final int JEQ = 0x10;
    public static final int JGT = 0x20;
    public static final int JGE = 0x30;
    public static final int JNE = 0x50;
    public static final int JSGT = 0x60;
    public static final int JSGE = 0x70;
    public static final int CALL = 0x80;
    public static final int EXIT = 0x90;
    public static final int JLT = 0xa0;
    public static final int JLE = 0xb0;
    public static final int JSLT = 0xc0;
    public static final int JSLE = 0xd0;

    public int classOf() {
        return code & 0x07;
    }

    /** Of a calculation or jump. */
    public int operation() {
        return code & 0xf0;
    }

    public boolean fromRegister() {
        return (code & X) != 0;
    }

    public int width() {
        return code & 0x18;
    }

    public boolean isWideLoad() {
        return code == (LD | IMM | DW);
    }

    /** Bytes for the size of a memory access. */
    public static int widthOf(int bytes) {
        return switch (bytes) {
            case 1 -> B;
            case 2 -> H;
            case 4 -> W;
            case 8 -> DW;
            default -> throw new IllegalArgumentException(bytes + " bytes");
        };
    }

    /** The reverse of {@link #bytes}. */
    public static List<Insn> of(byte[] program) {
        ByteBuffer bytes = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
        List<Insn> insns = new ArrayList<>();
        while (bytes.remaining() >= SIZE) {
            int code = Byte.toUnsignedInt(bytes.get());
            int registers = Byte.toUnsignedInt(bytes.get());
            insns.add(new Insn(code, registers & 0xf, registers >> 4, bytes.getShort(), bytes.getInt()));
        }
        return insns;
    }

    /** As the kernel takes them: both of our architectures have the lower byte first. */
    public static byte[] bytes(List<Insn> program) {
        ByteBuffer bytes = ByteBuffer.allocate(program.size() * SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (Insn insn : program) {
            bytes.put((byte) insn.code)
                    .put((byte) (insn.dst | insn.src << 4))
                    .putShort((short) insn.off)
                    .putInt(insn.imm);
        }
        return bytes.array();
    }
}
