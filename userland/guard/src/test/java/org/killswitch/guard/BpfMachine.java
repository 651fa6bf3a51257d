// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.killswitch.bpf.Helper;
import org.killswitch.bpf.Insn;

/** Runs the instructions of a guard as a kernel does, on memory of its own. */
final class BpfMachine {

    private static final int STACK_SIZE = 512;
    private static final long STACK = 0x7ffe_0000_0000_0000L;
    private static final long CONTEXT = 0x7fff_0000_0000_0000L;
    private static final int STEPS_MAX = 100_000;
    private static final long EFAULT = -14;

    /** What the kernel does not let a helper leave to a program. */
    private static final long CLOBBERED = 0xdead_beef_dead_beefL;

    private final TreeMap<Long, byte[]> regions = new TreeMap<>();
    private final Map<Helper, Long> facts;
    private final String comm;
    private int kernelReads;

    /** @param facts what the helpers that take nothing return */
    BpfMachine(Map<Helper, Long> facts, String comm) {
        this.facts = facts;
        this.comm = comm;
    }

    /** Memory that can be read: the kernel's where the address is negative, else the caller's. */
    void map(long address, byte[] bytes) {
        regions.put(address, bytes);
    }

    /** How often the kernel's memory was read. */
    int kernelReads() {
        return kernelReads;
    }

    /** What the program returns. */
    int run(List<Insn> program, byte[] context) {
        long[] r = new long[11];
        byte[] stack = new byte[STACK_SIZE];
        Arrays.fill(r, CLOBBERED);
        r[1] = CONTEXT;
        r[10] = STACK + STACK_SIZE;
        regions.put(STACK, stack);
        regions.put(CONTEXT, context);
        int at = 0;
        for (int steps = 0; steps < STEPS_MAX; steps++) {
            Insn i = program.get(at++);
            long operand = i.fromRegister() ? r[i.src()] : i.imm();
            switch (i.classOf()) {
                case Insn.LD -> r[i.dst()] = (long) program.get(at++).imm() << 32 | (i.imm() & 0xffff_ffffL);
                case Insn.LDX -> r[i.dst()] = number(own(r[i.src()] + i.off(), bytes(i)));
                case Insn.STX -> store(r[i.dst()] + i.off(), r[i.src()], bytes(i));
                case Insn.ST -> store(r[i.dst()] + i.off(), i.imm(), bytes(i));
                case Insn.ALU -> r[i.dst()] = Long.reverseBytes(r[i.dst()]) >>> (64 - i.imm());
                case Insn.ALU64 -> r[i.dst()] = calculate(i.operation(), r[i.dst()], operand);
                case Insn.JMP -> {
                    if (i.operation() == Insn.EXIT) {
                        return (int) r[0];
                    }
                    if (i.operation() == Insn.CALL) {
                        r[0] = call(Helper.numbered(i.imm()).orElseThrow(), r);
                        Arrays.fill(r, 1, 6, CLOBBERED);
                    } else if (isTaken(i.operation(), r[i.dst()], operand)) {
                        at += i.off();
                    }
                }
                default -> throw new IllegalStateException("code " + i.code());
            }
        }
        throw new IllegalStateException("it does not end");
    }

    private static int bytes(Insn i) {
        return switch (i.width()) {
            case Insn.B -> 1;
            case Insn.H -> 2;
            case Insn.W -> 4;
            default -> 8;
        };
    }

    private static long calculate(int operation, long a, long b) {
        return switch (operation) {
            case Insn.ADD -> a + b;
            case Insn.SUB -> a - b;
            case Insn.MUL -> a * b;
            case Insn.DIV -> b == 0 ? 0 : Long.divideUnsigned(a, b);
            case Insn.MOD -> b == 0 ? a : Long.remainderUnsigned(a, b);
            case Insn.OR -> a | b;
            case Insn.AND -> a & b;
            case Insn.XOR -> a ^ b;
            case Insn.LSH -> a << b;
            case Insn.RSH -> a >>> b;
            case Insn.ARSH -> a >> b;
            case Insn.NEG -> -a;
            case Insn.MOV -> b;
            default -> throw new IllegalStateException("operation " + operation);
        };
    }

    private static boolean isTaken(int operation, long a, long b) {
        int unsigned = Long.compareUnsigned(a, b);
        return switch (operation) {
            case Insn.JA -> true;
            case Insn.JEQ -> a == b;
            case Insn.JNE -> a != b;
            case Insn.JGT -> unsigned > 0;
            case Insn.JGE -> unsigned >= 0;
            case Insn.JLT -> unsigned < 0;
            case Insn.JLE -> unsigned <= 0;
            case Insn.JSGT -> a > b;
            case Insn.JSGE -> a >= b;
            case Insn.JSLT -> a < b;
            case Insn.JSLE -> a <= b;
            default -> throw new IllegalStateException("jump " + operation);
        };
    }

    private long call(Helper helper, long[] r) {
        return switch (helper) {
            case BPF_PROBE_READ_KERNEL, BPF_PROBE_READ_USER -> copy(helper, r[1], (int) r[2], r[3]);
            case BPF_PROBE_READ_KERNEL_STR, BPF_PROBE_READ_USER_STR -> copyText(helper, r[1], (int) r[2], r[3]);
            case BPF_GET_CURRENT_COMM -> {
                byte[] name = Arrays.copyOf(comm.getBytes(StandardCharsets.UTF_8), (int) r[2]);
                put(r[1], name);
                yield 0;
            }
            default -> {
                Long fact = facts.get(helper);
                if (fact == null) {
                    throw new IllegalStateException(helper + " is not known here");
                }
                yield fact;
            }
        };
    }

    private boolean isAllowed(Helper helper, long address) {
        boolean kernel = helper == Helper.BPF_PROBE_READ_KERNEL || helper == Helper.BPF_PROBE_READ_KERNEL_STR;
        kernelReads += kernel ? 1 : 0;
        return kernel == address < 0;
    }

    private long copy(Helper helper, long to, int bytes, long from) {
        Optional<byte[]> found = isAllowed(helper, from) ? find(from, bytes) : Optional.empty();
        put(to, found.orElse(new byte[bytes]));
        return found.isPresent() ? 0 : EFAULT;
    }

    private long copyText(Helper helper, long to, int room, long from) {
        byte[] text = new byte[room];
        boolean allowed = isAllowed(helper, from);
        for (int i = 0; i < room; i++) {
            Optional<byte[]> next = allowed ? find(from + i, 1) : Optional.empty();
            if (next.isEmpty()) {
                put(to, new byte[room]);
                return EFAULT;
            }
            text[i] = next.get()[0];
            if (text[i] == 0 || i == room - 1) {
                text[i] = 0;
                // What comes after it is left as it was.
                put(to, Arrays.copyOf(text, i + 1));
                return i + 1L;
            }
        }
        throw new IllegalArgumentException("no room");
    }

    Optional<byte[]> find(long address, int bytes) {
        Map.Entry<Long, byte[]> region = regions.floorEntry(address);
        if (region == null || region.getKey() == STACK || region.getKey() == CONTEXT) {
            return Optional.empty();
        }
        long offset = address - region.getKey();
        return offset >= 0 && offset + bytes <= region.getValue().length
                ? Optional.of(Arrays.copyOfRange(region.getValue(), (int) offset, (int) offset + bytes))
                : Optional.empty();
    }

    /** What a program may read without a helper. */
    private byte[] own(long address, int bytes) {
        long base = address >= CONTEXT ? CONTEXT : STACK;
        byte[] region = regions.get(base);
        return Arrays.copyOfRange(region, (int) (address - base), (int) (address - base) + bytes);
    }

    private void put(long address, byte[] bytes) {
        System.arraycopy(bytes, 0, regions.get(STACK), Math.toIntExact(address - STACK), bytes.length);
    }

    private void store(long address, long value, int bytes) {
        byte[] word = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
        put(address, Arrays.copyOf(word, bytes));
    }

    private static long number(byte[] bytes) {
        return ByteBuffer.wrap(Arrays.copyOf(bytes, 8))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
    }
}
