// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.image;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.killswitch.lab.Commands;
import org.killswitch.lab.LabException;
import org.killswitch.posix.Architecture;

/** Writes an initial file system: a cpio archive, not compressed, since unpacking costs an emulated CPU more than copying. */
public final class Initramfs implements AutoCloseable {
    private static final Pattern LIBRARY = Pattern.compile("(?:=> )?(/\\S+) \\(0x[0-9a-f]+\\)");
    private static final Pattern MISSING = Pattern.compile("(\\S+) => not found");
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};
    /** Where an ELF file has the number of its machine (elf.h: e_machine, EM_X86_64, EM_AARCH64, EM_RISCV). */
    private static final int ELF_MACHINE = 18;

    private final CpioWriter out;
    private final Set<String> written = new HashSet<>();

    public Initramfs(Path file) throws IOException {
        out = new CpioWriter(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
    }

    /** A folder, and those that it is in. */
    public void directory(String path) throws IOException {
        if (path.isEmpty() || !written.add(path)) {
            return;
        }
        directory(parent(path));
        out.entry(path, CpioWriter.DIRECTORY | 0755, Instant.EPOCH, new byte[0]);
    }

    public void text(String path, int mode, String text) throws IOException {
        directory(parent(path));
        if (written.add(path)) {
            out.entry(path, CpioWriter.REGULAR | mode, Instant.EPOCH, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    public void link(String path, String target) throws IOException {
        directory(parent(path));
        if (written.add(path)) {
            out.entry(path, CpioWriter.LINK | 0777, Instant.EPOCH, target.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A file of the host; where it is a program, the shared libraries that it needs come along. */
    public void file(String path, Path file) throws IOException {
        directory(parent(path));
        if (!written.add(path)) {
            return;
        }
        byte[] content = Files.readAllBytes(file);
        // A Java program's cache is for jars of one size and time.
        Instant time = Files.getLastModifiedTime(file).toInstant();
        out.entry(path, CpioWriter.REGULAR | (Files.isExecutable(file) ? 0755 : 0644), time, content);
        if (isHostElf(content) && !path.endsWith(".ko")) {
            for (Path library : libraries(file)) {
                file(library.toString().substring(1), library);
            }
        }
    }

    /** A folder of the host with all that is in it. */
    public void tree(String path, Path directory) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path file : walk.sorted().toList()) {
                String name = strip(path + "/" + directory.relativize(file));
                if (Files.isSymbolicLink(file)) {
                    link(name, Files.readSymbolicLink(file).toString());
                } else if (Files.isDirectory(file)) {
                    directory(name);
                } else {
                    file(name, file);
                }
            }
        }
    }

    /** Whether it is a program or library of this machine: of others, the loader here cannot tell what they need. */
    private static boolean isHostElf(byte[] content) {
        if (content.length < ELF_MACHINE + 2 || !Arrays.equals(content, 0, ELF.length, ELF, 0, ELF.length)) {
            return false;
        }
        int machine = Byte.toUnsignedInt(content[ELF_MACHINE]) + (Byte.toUnsignedInt(content[ELF_MACHINE + 1]) << 8);
        return machine
                == switch (Architecture.host()) {
                    case X86_64 -> 62;
                    case ARM64 -> 183;
                    case RISCV64 -> 243;
                };
    }

    /** What the dynamic loader says the program needs, the loader itself included. */
    private static List<Path> libraries(Path program) {
        String output = Commands.run(
                        Path.of("/"), List.of("ldd", program.toAbsolutePath().toString()))
                .output();
        Matcher missing = MISSING.matcher(output);
        // What a library lacks may come from the program that loads it, as libjvm.so does for those of a Java runtime.
        boolean isLibrary = program.getFileName().toString().matches(".*\\.so(\\..*)?");
        if (!isLibrary && missing.find()) {
            throw new LabException(program + " cannot be taken into the guest: its shared library " + missing.group(1)
                    + " is not on this machine; install it, set LD_LIBRARY_PATH, or link the program with -static");
        }
        Matcher m = LIBRARY.matcher(output);
        return m.results().map(r -> Path.of(r.group(1))).distinct().toList();
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    private static String strip(String path) {
        return path.replaceAll("/+", "/").replaceAll("^/|/$", "");
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
