package org.killswitch.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** {@code struct bpf_insn}; a 64-bit number takes two of them. */
record Insn(int code, int dst, int src, int off, int imm) {

    static final int SIZE = 8;

    // Classes.
    static final int LD = 0x00;
    static final int LDX = 0x01;
    static final int ST = 0x02;
    static final int STX = 0x03;
    static final int JMP = 0x05;
    static final int ALU64 = 0x07;

    // Sizes and modes of memory access.
    static final int W = 0x00;
    static final int H = 0x08;
    static final int B = 0x10;
    static final int DW = 0x18;
    static final int IMM = 0x00;
    static final int MEM = 0x60;

    // The second operand: a number or a register.
    static final int K = 0x00;
    static final int X = 0x08;

    // Calculations.
    static final int ADD = 0x00;
    static final int SUB = 0x10;
    static final int MUL = 0x20;
    static final int DIV = 0x30;
    static final int OR = 0x40;
    static final int AND = 0x50;
    static final int LSH = 0x60;
    static final int RSH = 0x70;
    static final int NEG = 0x80;
    static final int MOD = 0x90;
    static final int XOR = 0xa0;
    static final int MOV = 0xb0;
    static final int ARSH = 0xc0;

    // Jumps.
    static final int JA = 0x00;
    static final int JEQ = 0x10;
    static final int JGT = 0x20;
    static final int JGE = 0x30;
    static final int JNE = 0x50;
    static final int JSGT = 0x60;
    static final int JSGE = 0x70;
    static final int CALL = 0x80;
    static final int EXIT = 0x90;
    static final int JLT = 0xa0;
    static final int JLE = 0xb0;
    static final int JSLT = 0xc0;
    static final int JSLE = 0xd0;

    int classOf() {
        return code & 0x07;
    }

    /** Of a calculation or jump. */
    int operation() {
        return code & 0xf0;
    }

    boolean fromRegister() {
        return (code & X) != 0;
    }

    int width() {
        return code & 0x18;
    }

    boolean isWideLoad() {
        return code == (LD | IMM | DW);
    }

    /** Bytes for the size of a memory access. */
    static int widthOf(int bytes) {
        return switch (bytes) {
            case 1 -> B;
            case 2 -> H;
            case 4 -> W;
            case 8 -> DW;
            default -> throw new IllegalArgumentException(bytes + " bytes");
        };
    }

    /** The reverse of {@link #bytes}. */
    static List<Insn> of(byte[] program) {
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
    static byte[] bytes(List<Insn> program) {
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
