// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import org.killswitch.bpf.Helper;
import org.killswitch.guard.code.Registers;

/** Structs in memory, by the types of {@link TestScope}; what the caller is, and what it passes. */
final class Image {

    static final long KERNEL = 0xffff_8880_0000_0000L;
    static final long USER = 0x7f00_0000_0000L;
    private static final int SIZE = 1 << 14;

    private final GuardScope types = TestScope.compiled();
    private final ByteBuffer kernel = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer user = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer context = ByteBuffer.allocate(168).order(ByteOrder.LITTLE_ENDIAN);
    private final Map<Helper, Long> facts = new EnumMap<>(Helper.class);
    private int nextKernel = 64;
    private int nextUser = 64;

    Image() {
        facts.put(Helper.BPF_GET_CURRENT_UID_GID, 0L);
        facts.put(Helper.BPF_GET_CURRENT_PID_TGID, 0L);
        facts.put(Helper.BPF_GET_CURRENT_CGROUP_ID, 0L);
    }

    void fact(Helper helper, long value) {
        facts.put(helper, value);
    }

    /** Room for something. */
    long kernel(int bytes) {
        int at = nextKernel;
        nextKernel += (bytes + 7) / 8 * 8;
        return KERNEL + at;
    }

    long kernel(String struct) {
        return kernel((int) types.size(types.type("struct", struct).orElseThrow()));
    }

    long user(int bytes) {
        int at = nextUser;
        nextUser += (bytes + 7) / 8 * 8;
        return USER + at;
    }

    long userText(String text) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
        long at = user(bytes.length);
        bytes(at, bytes);
        return at;
    }

    long kernelText(String text) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
        long at = kernel(bytes.length);
        bytes(at, bytes);
        return at;
    }

    /** The last bytes that can be read: what follows them is not there. */
    long userEnd(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        bytes(USER + SIZE - bytes.length, bytes);
        return USER + SIZE - bytes.length;
    }

    void bytes(long at, byte[] bytes) {
        (at < 0 ? kernel : user).put((int) (at - (at < 0 ? KERNEL : USER)), bytes);
    }

    /** Sets a field, by its path, to a number of its size. */
    Image set(long at, String struct, String path, long value) {
        int type = types.type("struct", struct).orElseThrow();
        long offset = 0;
        for (String name : path.split("\\.", -1)) {
            CType.Struct in = (CType.Struct) types.resolve(type);
            GuardScope.Field field = types.fields(in).stream()
                    .filter(f -> f.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            offset += field.bitOffset() / 8;
            type = field.type();
        }
        byte[] word = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
        bytes(at + offset, java.util.Arrays.copyOf(word, (int) types.size(type)));
        return this;
    }

    Image argument(int index, long value) {
        context.putLong(Registers.X86_64.offset(index), value);
        return this;
    }

    /** What a guard says of this call. */
    int answer(String expression) {
        try {
            BpfMachine machine = machine();
            return machine.run(TestScope.guard(expression).code().insns(), context.array());
        } catch (GuardException e) {
            throw new AssertionError(expression + ": " + e.getMessage() + e.picture(), e);
        }
    }

    private BpfMachine machine() {
        BpfMachine machine = new BpfMachine(facts, "nginx-worker");
        machine.map(KERNEL, kernel.array());
        machine.map(USER, user.array());
        return machine;
    }
}
