// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** A file of imported data: gzipped text, a line per CVE with tabs between the columns, headers in front. */
final class IndexFile {

    private static final int FORMAT = 1;
    private static final int BUFFER = 1 << 16;
    private static final String FIRST_LINE = "# killswitch " + FORMAT;

    private IndexFile() {}

    /**
     * Reads a file.
     *
     * @param headers takes each header's name and value
     * @return whether there is such a file
     * @throws ImportException if it is not what {@link #write} has written
     */
    static boolean read(Path file, Map<String, String> headers, Consumer<String> lines) throws ImportException {
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(
                        new GZIPInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER), BUFFER),
                        StandardCharsets.UTF_8),
                BUFFER)) {
            String line = in.readLine();
            if (!FIRST_LINE.equals(line)) {
                throw new ImportException(file + " is of another version of killswitch: import the data again");
            }
            while ((line = in.readLine()) != null) {
                if (line.startsWith("# ")) {
                    int colon = line.indexOf(": ");
                    headers.put(line.substring(2, colon), line.substring(colon + 2));
                } else {
                    lines.accept(line);
                }
            }
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException | IndexOutOfBoundsException e) {
            throw new ImportException(file + " cannot be read: " + e + "; import the data again", e);
        }
    }

    /** Writes a file at once: a reader sees the old one or the new one, after a loss of power too. */
    static void write(Path file, Map<String, String> headers, Iterable<String> lines) throws ImportException {
        Path folder = file.toAbsolutePath().getParent();
        Path temporary = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid() + ".new");
        try {
            Files.createDirectories(
                    Optional.ofNullable(folder).orElseThrow(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                GZIPOutputStream zip = new GZIPOutputStream(Channels.newOutputStream(channel), BUFFER);
                Writer out = new OutputStreamWriter(zip, StandardCharsets.UTF_8);
                out.write(FIRST_LINE + "\n");
                for (Map.Entry<String, String> header : new TreeMap<>(headers).entrySet()) {
                    out.write("# " + header.getKey() + ": " + oneLine(header.getValue()) + "\n");
                }
                for (String line : lines) {
                    out.write(line);
                    out.write('\n');
                }
                out.flush();
                zip.finish();
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel directory = FileChannel.open(folder)) {
                directory.force(true);
            }
        } catch (IOException e) {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw new ImportException(file + " cannot be written: " + e, e);
        }
    }

    /** A column's text: no tab and no line's end in it. */
    static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    /** The columns of a line; the missing ones at its end are empty. */
    static List<String> columns(String line, int count) {
        String[] columns = new String[count];
        int from = 0;
        for (int i = 0; i < count; i++) {
            int tab = line.indexOf('\t', from);
            columns[i] = tab < 0 || i == count - 1 ? line.substring(from) : line.substring(from, tab);
            from = tab < 0 ? line.length() : tab + 1;
        }
        return List.of(columns);
    }
}
