// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.bpf.Helper;
import org.killswitch.bpf.Insn;
import org.killswitch.guard.GuardException.WrongException;
import org.killswitch.guard.code.CodeGenerator;
import org.killswitch.guard.code.Registers;

/** A guard means what a C compiler takes the same expression for, on the same bytes. */
class CompiledByCTest {

    private static final long SEED = 20261127;
    private static final int EXPRESSIONS = 1500;
    private static final int CALLS = 12;
    private static final int MEMORY = 1 << 14;
    private static final long ADDRESS = 0x2000_0000_0000L;

    private static final String HEAD = """
            #define _GNU_SOURCE
            #include <setjmp.h>
            #include <signal.h>
            #include <stdio.h>
            #include <string.h>
            #include <sys/mman.h>
            #include <fcntl.h>
            TYPES
            enum { EPERM = 1, AF_INET = 2, SOCK_RAW = 3 };
            #define arg1 first
            #define arg2 in
            #define arg3 u
            #define arg4 c
            #define arg5 l
            static unsigned int uid = 999, gid = 1000;
            static int pid = 77;
            static struct { unsigned int uid; } caller = { 999 };
            static sigjmp_buf fault;
            static void on_fault(int signal) { siglongjmp(fault, signal); }
            """;

    private static final String TAIL = """
            int main(int argc, char **argv)
            {
            	struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };
            	int fd = open(argv[1], O_RDONLY);
            	long args[5];

            	sigaction(SIGSEGV, &action, 0);
            	sigaction(SIGBUS, &action, 0);
            	if (mmap((void *)ADDRESS, SIZE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED)
            		return 1;
            	fd = open(argv[2], O_RDONLY);
            	while (read(fd, args, sizeof(args)) == sizeof(args)) {
            		for (int i = 0; i < COUNT; i++)
            			putchar(sigsetjmp(fault, 1) ? 'u' : '0' + all[i]((void *)args[0], (void *)args[1], args[2], args[3], args[4]));
            		putchar('\\n');
            	}
            	return 0;
            }
            """;

    private final Random random = new Random(SEED);

    private long pointer() {
        return switch (random.nextInt(12)) {
            case 0 -> 0;
            case 1 -> random.nextInt(1 << 16);
            case 2 -> 0xdead_0000_0000_0000L + random.nextInt(1 << 20);
            default -> ADDRESS + random.nextInt(MEMORY / 16) * 8L;
        };
    }

    private byte[] memory() {
        ByteBuffer words = ByteBuffer.allocate(MEMORY).order(ByteOrder.LITTLE_ENDIAN);
        while (words.hasRemaining()) {
            words.putLong(
                    switch (random.nextInt(8)) {
                        case 0, 1, 2, 3 -> pointer();
                        case 4 -> random.nextInt(256);
                        case 5 -> random.nextInt();
                        default -> random.nextLong();
                    });
        }
        return words.array();
    }

    @Test
    void bothMeanTheSame(@TempDir Path folder) throws Exception {
        RandomExpressions expressions = new RandomExpressions(random, true);
        List<String> texts = new ArrayList<>();
        List<List<Insn>> programs = new ArrayList<>();
        int refused = 0;
        while (texts.size() < EXPRESSIONS) {
            String text = expressions.next();
            try {
                Node node =
                        Checker.check(Parser.parse(text), TestScope.compiled()).node();
                programs.add(CodeGenerator.compile(node, Registers.X86_64, CodeGenerator.UNREAD)
                        .insns());
                texts.add(text);
            } catch (WrongException e) {
                refused++;
            }
        }
        byte[] memory = memory();
        List<long[]> calls = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            calls.add(new long[] {pointer(), pointer(), random.nextInt(), random.nextInt(300), random.nextLong()});
        }
        List<String> expected = runC(folder, texts, memory, calls);
        int[] seen = new int[128];
        for (int call = 0; call < CALLS; call++) {
            for (int i = 0; i < EXPRESSIONS; i++) {
                char wanted = expected.get(call).charAt(i);
                seen[wanted]++;
                assertThat(run(programs.get(i), memory, calls.get(call)))
                        .as(texts.get(i))
                        .isEqualTo(wanted);
            }
        }
        assertThat(refused).isLessThan(10 * EXPRESSIONS);
        assertThat(seen['0']).isGreaterThan(CALLS * EXPRESSIONS / 10);
        assertThat(seen['1']).isGreaterThan(CALLS * EXPRESSIONS / 10);
        assertThat(seen['u']).isGreaterThan(CALLS * EXPRESSIONS / 50);
    }

    private static char run(List<Insn> program, byte[] memory, long[] arguments) {
        Map<Helper, Long> facts = new EnumMap<>(Helper.class);
        facts.put(Helper.BPF_GET_CURRENT_UID_GID, 1000L << 32 | 999);
        facts.put(Helper.BPF_GET_CURRENT_PID_TGID, 77L << 32 | 78);
        BpfMachine machine = new BpfMachine(facts, "main");
        machine.map(ADDRESS, memory);
        ByteBuffer context = ByteBuffer.allocate(168).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < arguments.length; i++) {
            context.putLong(Registers.X86_64.offset(i), arguments[i]);
        }
        int got = machine.run(program, context.array());
        return got == CodeGenerator.UNREAD ? 'u' : (char) ('0' + got);
    }

    private static List<String> runC(Path folder, List<String> texts, byte[] memory, List<long[]> calls)
            throws IOException {
        StringBuilder source =
                new StringBuilder(HEAD.replace("TYPES", reread(Files.readString(Path.of("src/test/bpf/types.bpf.c")))));
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < texts.size(); i++) {
            source.append("static int e" + i
                    + "(volatile struct node *first, volatile struct inner *in, unsigned int u, signed char c, long l)"
                    + "{ return !!(" + reread(apart(texts.get(i))) + "); }\n");
            all.append("e" + i + ", ");
        }
        source.append(
                "static int (*all[])(volatile struct node *, volatile struct inner *, unsigned int, signed char, long) = {"
                        + all + "};\n");
        source.append(TAIL.replace("ADDRESS", "0x" + Long.toHexString(ADDRESS) + "L")
                .replace("SIZE", Integer.toString(MEMORY))
                .replace("COUNT", Integer.toString(texts.size())));
        Path file = folder.resolve("all.c");
        Files.writeString(file, source);
        Path program = folder.resolve("all");
        // A plain char has no sign, as in the language of guards.
        start(List.of(
                "gcc",
                "-w",
                "-O0",
                "-fwrapv",
                "-funsigned-char",
                "-include",
                "unistd.h",
                "-o",
                program.toString(),
                file.toString()));
        Path bytes = folder.resolve("memory");
        Files.write(bytes, memory);
        ByteBuffer words = ByteBuffer.allocate(calls.size() * 5 * 8).order(ByteOrder.LITTLE_ENDIAN);
        for (long[] call : calls) {
            for (long word : call) {
                words.putLong(word);
            }
        }
        Path arguments = folder.resolve("arguments");
        Files.write(arguments, words.array());
        return start(List.of(program.toString(), bytes.toString(), arguments.toString()))
                .lines()
                .toList();
    }

    /** So that C, too, reads what makes no difference. */
    private static String reread(String text) {
        return text.replaceAll("(const )?(struct (node|inner)|char) \\*", "volatile $2 *");
    }

    /** A guard has no ++ and --. */
    private static String apart(String text) {
        return text.replace("++", "+ +").replace("--", "- -").replace("--", "- -");
    }

    private static String start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(process.onExit().join().exitValue()).as(output).isZero();
        return output;
    }
}
