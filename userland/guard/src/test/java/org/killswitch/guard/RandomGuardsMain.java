// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.killswitch.bpf.BpfException;
import org.killswitch.bpf.LoadedProgram;
import org.killswitch.guard.GuardException.WrongException;
import org.killswitch.guard.code.Assembler;
import org.killswitch.guard.code.Code;
import org.killswitch.guard.code.CodeGenerator;
import org.killswitch.guard.code.Target;

/**
 * {@code RandomGuardsMain COUNT SEED TYPES ADDRESS MEMORY}: for a guest of the lab, where it has the kernel run the
 * programs that random expressions compile to, and compares with what {@link Interpreter} says. TYPES is the compiled
 * types.bpf.c; ADDRESS is where in kernel memory is what is written to the file MEMORY.
 */
public final class RandomGuardsMain {

    private static final int MEMORY = 1 << 16;

    /** Pointers lead to the first part, so that whatever they point to is all inside. */
    private static final int POINTED_AT = 1 << 14;

    private static final int CALLS = 4;
    private static final int ARGUMENTS = 6;
    private static final long NON_CANONICAL = 0xdead_0000_0000_0000L;

    /** Below it a process has nothing, as vm.mmap_min_addr is by default. */
    private static final int USER_MIN = 1 << 16;

    /** No process has anything from here on that did not ask for it: with 5 levels of pages on x86, and with 52 bits on arm64. */
    private static final long USER_MAX = 1L << 52;

    private final Random random;
    private final GuardScope types;
    private final long address;
    private final byte[] memory = new byte[MEMORY];
    private final String comm;
    private long[] arguments = {};
    private boolean outside;

    private RandomGuardsMain(long seed, GuardScope types, long address) throws IOException {
        random = new Random(seed);
        this.types = types;
        this.address = address;
        comm = Files.readString(Path.of("/proc/thread-self/comm")).strip();
    }

    /** The process. */
    public static void main(String[] args) throws Exception {
        GuardScope types = TestScope.of(Files.readAllBytes(Path.of(args[2])));
        RandomGuardsMain main = new RandomGuardsMain(Long.parseLong(args[1]), types, Long.parseUnsignedLong(args[3]));
        main.fill();
        Files.write(Path.of(args[4]), main.memory);
        main.compare(Integer.parseInt(args[0]));
    }

    private void fill() {
        ByteBuffer words = ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN);
        while (words.hasRemaining()) {
            words.putLong(
                    switch (random.nextInt(8)) {
                        case 0, 1, 2 -> pointer();
                        case 3 -> text("abc");
                        case 4 -> text("abcdefgh");
                        case 5 -> random.nextInt(256);
                        case 6 -> random.nextInt();
                        // No pointer by chance: those of the kernel have the highest bit.
                        default -> random.nextLong() & Long.MAX_VALUE >> 8;
                    });
        }
    }

    private static long text(String text) {
        byte[] bytes = Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), Long.BYTES);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private long pointer() {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> NON_CANONICAL + random.nextInt(1 << 20);
            case 2 -> random.nextInt(USER_MIN);
            default -> address + random.nextInt(POINTED_AT / Long.BYTES) * (long) Long.BYTES;
        };
    }

    private void compare(int count) throws BpfException {
        RandomExpressions expressions = new RandomExpressions(random);
        int compared = 0;
        int refused = 0;
        int outsides = 0;
        int trues = 0;
        int unread = 0;
        while (compared < count) {
            String expression = expressions.next();
            Node node;
            Code code;
            try {
                node = Checker.check(Parser.parse(expression), types).node();
                code = CodeGenerator.compile(node, new WordsInContext(), CodeGenerator.UNREAD);
            } catch (WrongException e) {
                refused++;
                continue;
            }
            outside = false;
            try (LoadedProgram loaded =
                    LoadedProgram.load(LoadedProgram.Type.RAW_TRACEPOINT, expression, "random", code.insns())) {
                for (int i = 0; i < CALLS; i++) {
                    arguments = new long[] {
                        pointer(),
                        pointer(),
                        random.nextInt(),
                        random.nextInt(300),
                        random.nextLong(),
                        random.nextLong()
                    };
                    Interpreter.Answer expected = Interpreter.answer(node, machine());
                    int got = loaded.run(context());
                    if (outside) {
                        outsides++;
                        break;
                    }
                    if (got != number(expected)) {
                        throw new IllegalStateException(expression + " is " + expected + ", and the kernel says " + got
                                + " for " + Arrays.toString(arguments));
                    }
                    trues += got == 1 ? 1 : 0;
                    unread += got == CodeGenerator.UNREAD ? 1 : 0;
                }
            }
            compared++;
        }
        System.out.println("compared " + compared + " true " + trues * 100 / CALLS / compared + "% unread "
                + unread * 100 / CALLS / compared + "% refused " + refused + " outside " + outsides);
    }

    private static int number(Interpreter.Answer answer) {
        return switch (answer) {
            case TRUE -> 1;
            case FALSE -> 0;
            case UNREAD -> CodeGenerator.UNREAD;
        };
    }

    /** The context of a raw tracepoint is the arguments, a word each. */
    private static final class WordsInContext implements Target {
        @Override
        public void loadArgument(Assembler out, int index) {
            out.read(Assembler.R0, Assembler.R6, index * Long.BYTES, Long.BYTES);
        }

        @Override
        public int tagBits() {
            return System.getProperty("os.arch").equals("aarch64") ? 8 : 0;
        }
    }

    /** Elsewhere there may be something of the kernel, or of this process: the heap of Java is often below 4 GB. */
    private static boolean isNothing(long at) {
        return at >= 0 ? at < USER_MIN || at >= USER_MAX : at >>> 48 == NON_CANONICAL >>> 48;
    }

    private byte[] context() {
        ByteBuffer context = ByteBuffer.allocate(ARGUMENTS * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long argument : arguments) {
            context.putLong(argument);
        }
        return context.array();
    }

    private Interpreter.Machine machine() {
        return new Interpreter.Machine() {
            @Override
            public long argument(int index) {
                return arguments[index];
            }

            @Override
            public long ask(Node.CallerHelper helper) {
                return switch (helper) {
                    case UID, GID -> 0;
                    case PID -> ProcessHandle.current().pid();
                    case CGROUP, TASK -> throw new IllegalArgumentException(helper.name());
                };
            }

            @Override
            public String comm() {
                return comm;
            }

            @Override
            public byte[] read(long at, int bytes) {
                long offset = at - address;
                if (offset >= 0 && offset + bytes <= MEMORY) {
                    return Arrays.copyOfRange(memory, (int) offset, (int) offset + bytes);
                }
                outside |= !isNothing(at);
                return null;
            }
        };
    }
}
