// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.killswitch.host.btf.BtfCheck;

/**
 * A compiled BPF object, looked at before libbpf is given it: to say in plain words what else it may be, and because
 * libbpf trusts what an object's tables say of themselves.
 *
 * <p>Names and numbers are those of elf.h.
 */
final class BpfElf {

    private static final int SIZE_MAX = 64 << 20;
    private static final int EHDR_SIZE = 64;
    private static final int SHDR_SIZE = 64;
    private static final int SYM_SIZE = 24;
    private static final int REL_SIZE = 16;
    private static final int MAGIC = 0x464c457f;
    private static final int CLASS_AND_DATA = 0x0102; // ELFCLASS64, ELFDATA2LSB
    private static final int EM_BPF = 247;
    private static final int ET_REL = 1;
    private static final int SHT_SYMTAB = 2;
    private static final int SHT_STRTAB = 3;
    private static final int SHT_NOBITS = 8;
    private static final int SHT_REL = 9;
    private static final int SHN_LORESERVE = 0xff00;

    private final Path file;
    private final ByteBuffer elf;
    private int sections;
    private long table;
    private int names;

    private BpfElf(Path file, byte[] bytes) {
        this.file = file;
        this.elf = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The bytes of an object whose tables lie within it and refer to what is there.
     *
     * @throws BpfException if the file is anything else
     */
    static byte[] read(Path file) throws BpfException {
        byte[] bytes;
        try {
            if (!Files.isRegularFile(file)) {
                throw new BpfException(Files.exists(file) ? file + " is no regular file" : "there is no file " + file);
            }
            if (Files.size(file) > SIZE_MAX) {
                throw new BpfException(file + " is larger than " + (SIZE_MAX >> 20) + " MiB");
            }
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new BpfException("there is no file " + file);
        } catch (IOException e) {
            throw new BpfException(file + " cannot be read: " + e.getMessage());
        }
        check(file, bytes);
        return bytes;
    }

    static void check(Path file, byte[] bytes) throws BpfException {
        Optional<byte[]> types = checked(file, bytes).section(".BTF");
        Optional<String> complaint = types.flatMap(BtfCheck::complaint);
        if (complaint.isPresent()) {
            throw damaged(file, complaint.get());
        }
    }

    /** What a section of an object has in it; empty if the object has no such section. */
    static Optional<byte[]> section(Path file, byte[] bytes, String name) throws BpfException {
        return checked(file, bytes).section(name);
    }

    private static BpfElf checked(Path file, byte[] bytes) throws BpfException {
        BpfElf object = new BpfElf(file, bytes);
        object.header();
        for (int i = 0; i < object.sections; i++) {
            object.section(i);
        }
        return object;
    }

    private void header() throws BpfException {
        if (elf.capacity() < EHDR_SIZE || elf.getInt(0) != MAGIC) {
            throw new BpfException(file + " is no compiled object (ELF); compile it: clang -O2 -g -target bpf -c ...");
        }
        if (elf.getShort(4) != CLASS_AND_DATA || elf.getShort(18) != EM_BPF) {
            throw new BpfException(
                    file + " is an object for another machine than BPF; compile it: clang -O2 -g -target bpf -c ...");
        }
        require(elf.getShort(16) == ET_REL, "it is linked");
        table = elf.getLong(40);
        sections = Short.toUnsignedInt(elf.getShort(60));
        require(Short.toUnsignedInt(elf.getShort(58)) == SHDR_SIZE, "its section headers have an odd size");
        require(sections > 0 && inside(table, (long) sections * SHDR_SIZE), "its section headers lie outside of it");
        names = Short.toUnsignedInt(elf.getShort(62));
        require(names > 0 && names < sections && type(names) == SHT_STRTAB, "its sections have no names");
    }

    private void section(int i) throws BpfException {
        int type = type(i);
        if (i == 0 || type == SHT_NOBITS) {
            require(size(i) <= SIZE_MAX, "section " + i + " is too large");
            return;
        }
        require(inside(offset(i), size(i)), "section " + i + " lies outside of it");
        require(isText(names, word(i, 0)), "section " + i + " has no name");
        switch (type) {
            case SHT_STRTAB ->
                require(
                        size(i) > 0 && elf.get((int) (offset(i) + size(i)) - 1) == 0,
                        "string table " + i + " does not end");
            case SHT_SYMTAB -> symbols(i);
            case SHT_REL -> relocations(i);
            default -> {
                // libbpf's own matter
            }
        }
    }

    private Optional<byte[]> section(String name) {
        for (int i = 1; i < sections; i++) {
            if (type(i) != SHT_NOBITS && name(i).equals(name)) {
                return Optional.of(Arrays.copyOfRange(elf.array(), (int) offset(i), (int) (offset(i) + size(i))));
            }
        }
        return Optional.empty();
    }

    private String name(int section) {
        int start = (int) offset(names) + word(section, 0);
        int end = start;
        while (elf.get(end) != 0) {
            end++;
        }
        return new String(elf.array(), start, end - start, StandardCharsets.ISO_8859_1);
    }

    private void symbols(int i) throws BpfException {
        int texts = link(i);
        require(type(texts) == SHT_STRTAB, "symbol table " + i + " has no names");
        require(size(i) % SYM_SIZE == 0 && entrySize(i) == SYM_SIZE, "symbol table " + i + " has an odd size");
        for (long at = offset(i); at < offset(i) + size(i); at += SYM_SIZE) {
            int section = Short.toUnsignedInt(elf.getShort((int) at + 6));
            long value = elf.getLong((int) at + 8);
            long size = elf.getLong((int) at + 16);
            require(isText(texts, elf.getInt((int) at)), "a symbol has no name");
            require(section < sections || section >= SHN_LORESERVE, "a symbol is in no section");
            if (section > 0 && section < sections) {
                require(
                        value >= 0 && size >= 0 && value <= size(section) && size <= size(section) - value,
                        "a symbol lies outside of its section");
            }
        }
    }

    private void relocations(int i) throws BpfException {
        int symbols = link(i);
        int target = word(i, 44);
        require(type(symbols) == SHT_SYMTAB, "relocations " + i + " have no symbols");
        require(target > 0 && target < sections, "relocations " + i + " are of no section");
        require(size(i) % REL_SIZE == 0 && entrySize(i) == REL_SIZE, "relocations " + i + " have an odd size");
        for (long at = offset(i); at < offset(i) + size(i); at += REL_SIZE) {
            long where = elf.getLong((int) at);
            long symbol = Integer.toUnsignedLong(elf.getInt((int) at + 12));
            require(where >= 0 && where < size(target), "a relocation lies outside of its section");
            require(symbol < size(symbols) / SYM_SIZE, "a relocation is of no symbol");
        }
    }

    private int word(int section, int at) {
        return elf.getInt((int) table + section * SHDR_SIZE + at);
    }

    private long longWord(int section, int at) {
        return elf.getLong((int) table + section * SHDR_SIZE + at);
    }

    private int type(int section) {
        return word(section, 4);
    }

    private long offset(int section) {
        return longWord(section, 24);
    }

    private long size(int section) {
        return longWord(section, 32);
    }

    private long entrySize(int section) {
        return longWord(section, 56);
    }

    /** The section that another refers to; it lies inside. */
    private int link(int section) throws BpfException {
        int other = word(section, 40);
        require(
                other > 0 && other < sections && inside(offset(other), size(other)),
                "section " + section + " refers to none");
        return other;
    }

    private boolean inside(long offset, long size) {
        return offset >= 0 && size >= 0 && offset <= elf.capacity() && size <= elf.capacity() - offset;
    }

    private boolean isText(int table, int at) {
        return inside(offset(table), size(table)) && Integer.toUnsignedLong(at) < size(table);
    }

    private void require(boolean ok, String complaint) throws BpfException {
        if (!ok) {
            throw damaged(file, complaint);
        }
    }

    private static BpfException damaged(Path file, String complaint) {
        return new BpfException(file + " is damaged: " + complaint);
    }
}
