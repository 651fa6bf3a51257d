// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.btf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.host.SystemFiles;

class ReturnTypesTest {

    private static final String NAMES = "\0_Bool\0int\0bool\0yes\0number\0";

    /** Of three words each, but an INT of four: name, kind, and size or type. */
    private static final int[] KERNEL = {
        1,
        BtfKind.INT << 24,
        1,
        4 << 24 | 8, // 1: _Bool
        7,
        BtfKind.INT << 24,
        4,
        1 << 24 | 32, // 2: int
        11,
        BtfKind.TYPEDEF << 24,
        1, // 3: bool
        0,
        BtfKind.CONST << 24,
        3, // 4: const bool
        0,
        BtfKind.FUNC_PROTO << 24,
        4, // 5
        0,
        BtfKind.FUNC_PROTO << 24,
        2, // 6
        16,
        BtfKind.FUNC << 24,
        5, // 7: yes()
        20,
        BtfKind.FUNC << 24,
        6, // 8: number()
    };

    /** On top of the kernel's. */
    private static final int[] MODULE = {NAMES.length() + 1, BtfKind.FUNC << 24, 5};

    @TempDir
    Path root;

    private ReturnTypes types;

    @BeforeEach
    void makeKernel() throws IOException {
        Path folder = Files.createDirectories(root.resolve("sys/kernel/btf"));
        Files.write(folder.resolve("vmlinux"), btf(KERNEL, NAMES));
        Files.write(folder.resolve("m_x"), btf(MODULE, "\0mine\0"));
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(
                root.resolve("proc/kallsyms"), "0 t mine\t[m_x]\n0 t mine.part.0\t[m_x]\n0 t other\t[gone]\n");
        types = new ReturnTypes(new SystemFiles(root));
    }

    private static byte[] btf(int[] types, String names) {
        ByteBuffer bytes =
                ByteBuffer.allocate(24 + types.length * 4 + names.length()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(24);
        bytes.putInt(0).putInt(types.length * 4).putInt(types.length * 4).putInt(names.length());
        for (int word : types) {
            bytes.putInt(word);
        }
        return bytes.put(names.getBytes(StandardCharsets.US_ASCII)).array();
    }

    @Test
    void seesABoolBehindItsOtherNames() {
        assertThat(types.isBool("yes", Optional.empty())).contains(true);
        assertThat(types.isBool("yes", Optional.of("vmlinux"))).contains(true);
        assertThat(types.isBool("yes.constprop.0", Optional.empty())).contains(true);
        assertThat(types.isBool("number", Optional.empty())).contains(false);
    }

    @Test
    void looksIntoTheModule() {
        assertThat(types.isBool("mine", Optional.empty())).contains(true);
        assertThat(types.isBool("mine", Optional.of("m-x"))).contains(true);
        assertThat(types.isBool("mine.part.0", Optional.empty())).contains(true);
    }

    @Test
    void doesNotGuess() throws IOException {
        assertThat(types.isBool("none", Optional.empty())).isEmpty();
        assertThat(types.isBool("other", Optional.empty())).isEmpty();
        assertThat(types.isBool("yes", Optional.of("m_x"))).isEmpty();
        Files.writeString(root.resolve("sys/kernel/btf/vmlinux"), "no BTF");
        assertThat(types.isBool("yes", Optional.empty())).isEmpty();
        Files.delete(root.resolve("sys/kernel/btf/vmlinux"));
        assertThat(types.isBool("yes", Optional.empty())).isEmpty();
    }
}
