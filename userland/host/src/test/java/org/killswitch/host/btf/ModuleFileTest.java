// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.btf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Modules' files. */
class ModuleFileTest {

    private static final byte[] TYPES = "these are the types".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** An ELF file of a null section, the names, and one more. */
    private static byte[] elf(String section, byte[] content) {
        byte[] names = ("\0.shstrtab\0" + section + "\0").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer elf =
                ByteBuffer.allocate(64 + 3 * 64 + names.length + content.length).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
        elf.putLong(40, 64).putShort(58, (short) 64).putShort(60, (short) 3).putShort(62, (short) 1);
        section(elf, 1, 1, 256, names);
        section(elf, 2, 11, 256 + names.length, content);
        return elf.array();
    }

    private static void section(ByteBuffer elf, int index, int name, int offset, byte[] content) {
        int header = 64 + index * 64;
        elf.putInt(header, name).putLong(header + 24, offset).putLong(header + 32, content.length);
        elf.put(offset, content);
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    @Test
    void typesAreReadFromPlainAndCompressedFiles() throws Exception {
        byte[] elf = elf(".BTF", TYPES);
        assertThat(ModuleFile.types(file("a.ko", elf))).hasValue(TYPES);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("a.ko.gz")))) {
            out.write(elf);
        }
        assertThat(ModuleFile.types(folder.resolve("a.ko.gz"))).hasValue(TYPES);
        try (OutputStream out =
                new XZOutputStream(Files.newOutputStream(folder.resolve("a.ko.xz")), new LZMA2Options())) {
            out.write(elf);
        }
        assertThat(ModuleFile.types(folder.resolve("a.ko.xz"))).hasValue(TYPES);
    }

    /** A frame of one uncompressed block, as RFC 8878 has it. */
    @Test
    void typesAreReadFromAFileThatZstandardHasCompressed() throws Exception {
        byte[] elf = elf(".BTF", TYPES);
        ByteBuffer frame = ByteBuffer.allocate(4 + 1 + 4 + 3 + elf.length).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(0xFD2FB528).put((byte) 0xA0).putInt(elf.length);
        int block = elf.length << 3 | 1;
        frame.put((byte) block)
                .put((byte) (block >> 8))
                .put((byte) (block >> 16))
                .put(elf);
        assertThat(ModuleFile.types(file("a.ko.zst", frame.array()))).hasValue(TYPES);
    }

    @Test
    void whatHasNoTypesOfThisKernelHasNone() throws Exception {
        assertThat(ModuleFile.types(file("a.ko", elf(".text", TYPES)))).isEmpty();
        assertThat(ModuleFile.types(file("a.ko", elf(".BTF.base", TYPES)))).isEmpty();
    }

    @Test
    void damagedFilesAreNamed() throws Exception {
        for (String name : new String[] {"b.ko", "b.ko.xz", "b.ko.gz", "b.ko.zst"}) {
            Path file = file(name, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
            assertThatThrownBy(() -> ModuleFile.types(file))
                    .isInstanceOf(BtfException.class)
                    .hasMessageContaining(name);
        }
        byte[] cut = elf(".BTF", TYPES);
        Path file = file("c.ko", Arrays.copyOf(cut, 100));
        assertThatThrownBy(() -> ModuleFile.types(file)).isInstanceOf(BtfException.class);
    }

    @Test
    void modulesAreFoundWithDashesAndUnderscores() throws Exception {
        Files.writeString(
                folder.resolve("modules.dep"),
                "kernel/crypto/af_alg.ko.xz:\nkernel/a/snd-seq.ko.zst: kernel/a/b.ko.zst\nkernel/x/not_af_alg.ko:\n");
        assertThat(ModuleFile.find(folder, "af_alg")).hasValue(folder.resolve("kernel/crypto/af_alg.ko.xz"));
        assertThat(ModuleFile.find(folder, "snd_seq")).hasValue(folder.resolve("kernel/a/snd-seq.ko.zst"));
        assertThat(ModuleFile.find(folder, "alg")).isEmpty();
    }
}
