// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.killswitch.bpf.Helper;
import org.killswitch.guard.GuardException.WrongException;
import org.killswitch.guard.Interpreter.Answer;
import org.killswitch.guard.code.Code;
import org.killswitch.guard.code.CodeGenerator;
import org.killswitch.guard.code.Registers;

/** What random expressions are compiled to does what an interpreter of the expressions does. */
class RandomGuardsTest {

    private static final long SEED = 20261126;
    private static final int EXPRESSIONS = 10_000;
    private static final int CALLS = 4;
    private static final long KERNEL = 0xffff_8880_0000_0000L;
    private static final long USER = 0x7f00_0000_0000L;
    private static final int MEMORY = 1 << 14;
    private static final String COMM = "main";

    private final Random random = new Random(SEED);

    private long pointer() {
        long at = random.nextInt(MEMORY / 16) * 8L;
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> random.nextInt(1 << 20);
            case 2, 3 -> USER + at;
            default -> KERNEL + at;
        };
    }

    private byte[] memory() {
        ByteBuffer words = ByteBuffer.allocate(MEMORY).order(ByteOrder.LITTLE_ENDIAN);
        while (words.hasRemaining()) {
            switch (random.nextInt(8)) {
                case 0, 1, 2, 3 -> words.putLong(pointer());
                case 4 -> words.put(Arrays.copyOf("abc".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 8));
                case 5 -> words.put("abcdefgh".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                case 6 -> words.putLong(random.nextInt(256));
                default -> words.putLong(random.nextLong());
            }
        }
        return words.array();
    }

    @Test
    void compilerAndInterpreterAgree() throws Exception {
        Map<Helper, Long> facts = new EnumMap<>(Helper.class);
        facts.put(Helper.BPF_GET_CURRENT_UID_GID, 1000L << 32 | 999);
        facts.put(Helper.BPF_GET_CURRENT_PID_TGID, 77L << 32 | 78);
        RandomExpressions expressions = new RandomExpressions(random);
        Map<Answer, Integer> answers = new EnumMap<>(Answer.class);
        int compared = 0;
        while (compared < EXPRESSIONS) {
            String expression = expressions.next();
            Node node;
            Code code;
            Registers registers = random.nextBoolean() ? Registers.X86_64 : Registers.ARM64;
            try {
                node = Checker.check(Parser.parse(expression), TestScope.compiled())
                        .node();
                code = CodeGenerator.compile(node, registers, CodeGenerator.UNREAD);
            } catch (WrongException e) {
                continue;
            }
            for (int i = 0; i < CALLS; i++) {
                BpfMachine machine = new BpfMachine(facts, COMM);
                machine.map(KERNEL, memory());
                machine.map(USER, memory());
                long[] arguments = {
                    pointer(), pointer(), random.nextInt(), random.nextInt(300), random.nextLong(), random.nextLong()
                };
                Answer expected = Interpreter.answer(node, as(machine, arguments));
                int got = machine.run(code.insns(), context(registers, arguments));
                assertThat(answer(got)).as(expression).isEqualTo(expected);
                answers.merge(expected, 1, Integer::sum);
            }
            compared++;
        }
        int calls = EXPRESSIONS * CALLS;
        assertThat(answers.get(Answer.TRUE)).isBetween(calls / 10, calls * 9 / 10);
        assertThat(answers.get(Answer.FALSE)).isBetween(calls / 10, calls * 9 / 10);
        assertThat(answers.get(Answer.UNREAD)).isBetween(calls / 50, calls * 9 / 10);
    }

    private static Answer answer(int returned) {
        return switch (returned) {
            case 0 -> Answer.FALSE;
            case 1 -> Answer.TRUE;
            case CodeGenerator.UNREAD -> Answer.UNREAD;
            default -> throw new AssertionError("returned " + returned);
        };
    }

    private static byte[] context(Registers registers, long[] arguments) {
        ByteBuffer context = ByteBuffer.allocate(168).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < arguments.length; i++) {
            context.putLong(registers.offset(i), arguments[i]);
        }
        return context.array();
    }

    private static Interpreter.Machine as(BpfMachine machine, long[] arguments) {
        return new Interpreter.Machine() {
            @Override
            public long argument(int index) {
                return arguments[index];
            }

            @Override
            public long ask(Node.CallerHelper helper) {
                return switch (helper) {
                    case UID -> 999;
                    case GID -> 1000;
                    case PID -> 77;
                    case CGROUP, TASK -> throw new IllegalArgumentException(helper.name());
                };
            }

            @Override
            public String comm() {
                return COMM;
            }

            @Override
            public byte[] read(long address, int bytes) {
                return machine.find(address, bytes).orElse(null);
            }
        };
    }
}
