// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard.code;

import static org.killswitch.guard.code.Assembler.R0;
import static org.killswitch.guard.code.Assembler.R1;
import static org.killswitch.guard.code.Assembler.R10;
import static org.killswitch.guard.code.Assembler.R2;
import static org.killswitch.guard.code.Assembler.R3;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.killswitch.bpf.Helper;
import org.killswitch.bpf.Insn;
import org.killswitch.guard.Node;
import org.killswitch.guard.Space;
import org.killswitch.guard.TextMatch;
import org.killswitch.guard.code.Assembler.Label;

/** Instructions that read memory whose address is in r0. Where it cannot be read, they jump to where that is answered. */
final class MemoryCode {

    private static final int WORD = 8;

    /** What is read of a text at a time, the NUL that the helper writes included. */
    private static final int CHUNK = 256;

    /** As long as a path is at most. */
    private static final int TEXT_LENGTH_MAX = 4096;

    /** Where texts are read to, on the stack; numbers are read to the word above. */
    static final int SCRATCH = -WORD - CHUNK;

    private final Assembler out;
    private final int tagBits;
    private final Label unread;

    MemoryCode(Assembler out, int tagBits, Label unread) {
        this.out = out;
        this.tagBits = tagBits;
        this.unread = unread;
    }

    /** How something is read: by which helpers, and what these return. */
    private enum Way {
        BYTES(Helper.BPF_PROBE_READ_KERNEL, Helper.BPF_PROBE_READ_USER),
        TEXT(Helper.BPF_PROBE_READ_KERNEL_STR, Helper.BPF_PROBE_READ_USER_STR);

        private final Helper kernel;
        private final Helper user;

        Way(Helper kernel, Helper user) {
            this.kernel = kernel;
            this.user = user;
        }
    }

    /** A number, to the highest word of the stack. */
    void read(Node.Memory from, int bytes, boolean followed) {
        address(from.offset());
        read(Way.BYTES, from.space(), bytes, -WORD, followed);
    }

    /** From r0, to r3, where the helpers take it. */
    private void address(long offset) {
        out.move(R3, R0);
        if (offset == (int) offset) {
            if (offset != 0) {
                out.aluNumber(Insn.ADD, R3, (int) offset);
            }
        } else {
            out.load(R1, offset);
            out.alu(Insn.ADD, R3, R1);
        }
    }

    /** From the address in r3; a text's length, with its NUL, is in r0 then. */
    private void read(Way way, Space space, int bytes, int to, boolean followed) {
        Label kernel = new Label();
        Label end = new Label();
        if (space == Space.EITHER) {
            jumpIfKernel(R3, kernel);
        }
        if (space != Space.KERNEL) {
            call(way.user, bytes, to);
            if (space == Space.EITHER && followed) {
                // Or whoever made the call could ask, by what becomes of it, what is in the kernel's memory.
                check(way);
                out.read(R2, R10, to, WORD);
                jumpIfKernel(R2, unread);
                out.load(R0, 0);
            }
        }
        if (space == Space.EITHER) {
            out.jump(end);
            out.label(kernel);
        }
        if (space != Space.USER) {
            call(way.kernel, bytes, to);
        }
        out.label(end);
        check(way);
    }

    private void jumpIfKernel(int register, Label to) {
        int tested = register;
        if (tagBits > 0) {
            tested = R1;
            out.move(R1, register);
            out.aluNumber(Insn.LSH, R1, tagBits);
        }
        out.jumpIfNumber(Insn.JSLT, tested, 0, to);
    }

    private void call(Helper helper, int bytes, int to) {
        out.move(R1, R10);
        out.aluNumber(Insn.ADD, R1, to);
        out.load(R2, bytes);
        out.call(helper);
    }

    private void check(Way way) {
        out.jumpIfNumber(way == Way.BYTES ? Insn.JNE : Insn.JSLT, R0, 0, unread);
    }

    /** Jumps if a text is another one, or does not start with the wanted one. */
    void start(Node.TextIs t, Label no) {
        byte[] text = bytes(t);
        boolean whole = t.match() == TextMatch.WHOLE;
        Space space = t.at().space();
        address(t.at().offset());
        if (t.room() > 0) {
            int compared = (int) Math.min(text.length + (whole ? 1 : 0), t.room());
            read(Way.BYTES, space, compared, SCRATCH, false);
            compare(Arrays.copyOf(text, compared), no);
            return;
        }
        // With room for one byte more than is wanted, a longer text has another length.
        read(Way.TEXT, space, text.length + (whole ? 2 : 1), SCRATCH, false);
        out.jumpIfNumber(Insn.JNE, R0, text.length + 1, no);
        compare(text, no);
    }

    /**
     * Jumps if a text does not end with the wanted one: finds out how long it is, and reads the end again.
     *
     * @param address loads the text's address, without its offset
     */
    void end(Node.TextIs t, IntConsumer address, Label no) {
        byte[] text = bytes(t);
        Space space = t.at().space();
        Label found = new Label();
        int most = t.room() > 0 ? (int) Math.min(t.room(), TEXT_LENGTH_MAX) : TEXT_LENGTH_MAX;
        for (int at = 0; at < most; at += CHUNK - 1) {
            int size = Math.min(CHUNK, most - at + 1);
            address.accept(R0);
            address(t.at().offset() + at);
            read(Way.TEXT, space, size, SCRATCH, false);
            out.move(R1, R0);
            out.aluNumber(Insn.ADD, R1, at - 1);
            out.jumpIfNumber(Insn.JNE, R0, size, found);
        }
        if (t.room() == 0) {
            out.jump(unread);
        }
        out.label(found);
        out.jumpIfNumber(Insn.JSLT, R1, text.length, no);
        address.accept(R0);
        out.alu(Insn.ADD, R0, R1);
        address(t.at().offset() - text.length);
        read(Way.BYTES, space, text.length, SCRATCH, false);
        compare(text, no);
    }

    private static byte[] bytes(Node.TextIs t) {
        return t.text().getBytes(StandardCharsets.UTF_8);
    }

    /** Compares what is on the stack, in pieces as large as can be. */
    void compare(byte[] text, Label no) {
        int at = 0;
        while (at < text.length) {
            int bytes = Math.min(WORD, Integer.highestOneBit(text.length - at));
            long piece = 0;
            for (int i = bytes - 1; i >= 0; i--) {
                piece = piece << 8 | (text[at + i] & 0xff);
            }
            out.read(R0, R10, SCRATCH + at, bytes);
            if (piece == (int) piece) {
                out.jumpIfNumber(Insn.JNE, R0, (int) piece, no);
            } else {
                out.load(R1, piece);
                out.jumpIf(Insn.JNE, R0, R1, no);
            }
            at += bytes;
        }
    }
}
