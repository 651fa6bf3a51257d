// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.btf;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.killswitch.host.ModuleName;
import org.killswitch.host.SystemFiles;
import org.killswitch.posix.Zstd;
import org.tukaani.xz.XZInputStream;

/** The file of a module of the running kernel, loaded or not. */
public final class ModuleFile {

    private static final String RELEASE = "/proc/sys/kernel/osrelease";
    private static final String MODULES = "/lib/modules/";

    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

    private ModuleFile() {}

    /** Where it is; the name may have dashes or underscores, which are the same. */
    public static Optional<Path> find(String module) {
        return find(new SystemFiles(Path.of("/")), module);
    }

    /** The same, on the host that the files are of. */
    static Optional<Path> find(SystemFiles files, String module) {
        try {
            Optional<String> release = files.text(RELEASE);
            return release.isPresent() ? find(files.path(MODULES + release.get()), module) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static Optional<Path> find(Path folder, String module) throws IOException {
        String wanted = ModuleName.canonical(module);
        try (Stream<String> lines = Files.lines(folder.resolve("modules.dep"), StandardCharsets.ISO_8859_1)) {
            return lines.map(line -> line.substring(0, Math.max(0, line.indexOf(':'))))
                    .filter(path -> ModuleName.ofFile(path).equals(wanted))
                    .findFirst()
                    .map(folder::resolve);
        }
    }

    /** Its types; empty where it has none, or has them on top of others than this kernel's. */
    static Optional<byte[]> types(Path file) throws BtfException {
        try {
            byte[] elf = unpacked(file);
            return section(elf, ".BTF.base").isPresent() ? Optional.empty() : section(elf, ".BTF");
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
            throw new BtfException("module file " + file + " cannot be read: " + e.getMessage());
        }
    }

    /** The version that a module's file says it has; empty where it says none, or cannot be read. */
    public static Optional<String> version(Path file) {
        try {
            return section(unpacked(file), ".modinfo").stream()
                    .flatMap(info -> Arrays.stream(new String(info, StandardCharsets.UTF_8).split("\0", -1)))
                    .filter(field -> field.startsWith("version="))
                    .map(field -> field.substring("version=".length()))
                    .findFirst();
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** What a file has in it, whether or not it is compressed. */
    public static byte[] unpacked(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String name = file.toString();
        if (name.endsWith(".zst")) {
            return Zstd.decompress(bytes);
        }
        InputStream in = new ByteArrayInputStream(bytes);
        if (name.endsWith(".xz")) {
            return new XZInputStream(in).readAllBytes();
        }
        return name.endsWith(".gz") ? new GZIPInputStream(in).readAllBytes() : bytes;
    }

    /** What a section of a 64-bit ELF file has in it. */
    private static Optional<byte[]> section(byte[] bytes, String name) throws IOException {
        if (!Arrays.equals(bytes, 0, Math.min(ELF.length, bytes.length), ELF, 0, ELF.length)) {
            throw new IOException("it is no ELF file");
        }
        ByteBuffer elf = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int table = Math.toIntExact(elf.getLong(40));
        int size = elf.getShort(58) & 0xffff;
        int count = elf.getShort(60) & 0xffff;
        int names = offset(elf, table + (elf.getShort(62) & 0xffff) * size);
        byte[] wanted = (name + "\0").getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < count; i++) {
            int header = table + i * size;
            int at = names + elf.getInt(header);
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                int start = offset(elf, header);
                return Optional.of(Arrays.copyOfRange(bytes, start, start + Math.toIntExact(elf.getLong(header + 32))));
            }
        }
        return Optional.empty();
    }

    private static int offset(ByteBuffer elf, int header) {
        return Math.toIntExact(elf.getLong(header + 24));
    }
}
