// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.killswitch.lab.Cache;
import org.killswitch.lab.Digest;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Lab;
import org.killswitch.lab.LabException;

/**
 * What {@code killswitch check} reads of a host, recorded from a guest of the lab with modules loaded: a folder that stands
 * for the host's root.
 */
final class KernelRecorder {

    private static final int PAGE = 4096;
    private static final int HEADER = 64;
    private static final int SEGMENT = 56;
    private static final int PT_LOAD = 1;

    /** Where the program headers of /proc/kcore are. */
    private static final int HEADERS_PAGES = 4;

    /** Pages of a module that are not further apart are one range. */
    private static final int GAP = 16 * PAGE;

    private record Range(long start, long end) {
        long size() {
            return end - start;
        }
    }

    private record Segment(long address, long size, long offset) {}

    private KernelRecorder() {}

    /** The folder, from the lab's cache if it was recorded before. */
    static Path record(Lab lab, Kernel kernel, List<String> modules) {
        List<String> present = lab.present(kernel, modules);
        Digest digest = new Digest().add("1");
        present.forEach(digest::add);
        return Cache.standard().entry("recorded/" + kernel.identity() + "-" + digest.hex(), folder -> {
            try (Guest guest = lab.boot(
                    kernel,
                    GuestSpec.standard()
                            .withMachine(2, 2048)
                            .withAvailable(present)
                            // the self-tests of ciphers warn on emulated processors
                            .withAppend(List.of("cryptomgr.notests"))
                            .withTimeout(Duration.ofMinutes(20)))) {
                guest.run("for m in " + String.join(" ", present) + "; do modprobe -q $m; done; true");
                record(guest, folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void record(Guest guest, Path root) throws IOException {
        Path proc = Files.createDirectories(root.resolve("proc"));
        Path random = Files.createDirectories(proc.resolve("sys/kernel/random"));
        Path types = Files.createDirectories(root.resolve("sys/kernel/btf"));
        Files.writeString(random.resolve("boot_id"), "recorded\n");
        fetch(guest, "cat /proc/modules", proc.resolve("modules"));
        fetch(guest, "cat /proc/kallsyms", proc.resolve("kallsyms"));
        types(guest, types);
        core(guest, proc);
    }

    /** What a script prints, in a file; it is compressed on its way. */
    private static void fetch(Guest guest, String script, Path file) throws IOException {
        Path packed = file.resolveSibling(file.getFileName() + ".gz");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(packed))) {
            if (guest.run("{ " + script + "; } | gzip -1", out, OutputStream.nullOutputStream()) != 0) {
                throw new LabException("in the guest: " + script + " failed");
            }
        }
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(packed));
                OutputStream out = Files.newOutputStream(file)) {
            in.transferTo(out);
        }
        Files.delete(packed);
    }

    private static void types(Guest guest, Path folder) throws IOException {
        Path all = folder.resolveSibling("btf.all");
        fetch(guest, "cd /sys/kernel/btf; for f in *; do echo $f $(wc -c < $f); cat $f; done", all);
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(all)))) {
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                String[] words = line.split(" ", -1);
                byte[] btf = new byte[Integer.parseInt(words[1])];
                in.readFully(btf);
                Files.write(folder.resolve(words[0]), btf);
            }
        }
        Files.delete(all);
    }

    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    private static void core(Guest guest, Path proc) throws IOException {
        Path headers = proc.resolve("headers");
        fetch(guest, "dd if=/proc/kcore bs=" + PAGE + " count=" + HEADERS_PAGES + " 2>/dev/null", headers);
        ByteBuffer header = ByteBuffer.wrap(Files.readAllBytes(headers)).order(ByteOrder.LITTLE_ENDIAN);
        Files.delete(headers);
        List<Segment> segments = segments(header);
        List<Range> ranges = ranges(Files.readAllLines(proc.resolve("kallsyms"), StandardCharsets.UTF_8));
        List<String> reads = new ArrayList<>();
        for (Range range : ranges) {
            long offset = segments.stream()
                    .filter(s -> range.start >= s.address && range.end <= s.address + s.size)
                    .mapToLong(s -> s.offset + range.start - s.address)
                    .findFirst()
                    .orElseThrow(
                            () -> new LabException("/proc/kcore has nothing at 0x" + Long.toHexString(range.start)));
            reads.add("dd if=/proc/kcore bs=" + PAGE + " skip=" + offset / PAGE + " count=" + range.size() / PAGE
                    + " conv=noerror,sync 2>/dev/null");
        }
        Path memory = proc.resolve("memory");
        fetch(guest, String.join("; ", reads) + "; true", memory);
        long wanted = ranges.stream().mapToLong(Range::size).sum();
        if (Files.size(memory) != wanted) {
            throw new EOFException("of /proc/kcore " + Files.size(memory) + " bytes came, not " + wanted);
        }
        write(proc.resolve("kcore"), header.getShort(18), ranges, memory);
        Files.delete(memory);
    }

    private static List<Segment> segments(ByteBuffer header) {
        List<Segment> segments = new ArrayList<>();
        int table = (int) header.getLong(32);
        for (int i = 0; i < (header.getShort(56) & 0xffff); i++) {
            int at = table + i * SEGMENT;
            if (at + SEGMENT <= header.limit() && header.getInt(at) == PT_LOAD) {
                segments.add(new Segment(header.getLong(at + 16), header.getLong(at + 32), header.getLong(at + 8)));
            }
        }
        return segments;
    }

    /** That of the kernel, and those where modules have symbols. */
    private static List<Range> ranges(List<String> kallsyms) {
        long start = 0;
        long end = 0;
        TreeSet<Long> pages = new TreeSet<>(Long::compareUnsigned);
        for (String line : kallsyms) {
            String[] words = line.split("[ \t]", -1);
            long address = Long.parseUnsignedLong(words[0], 16);
            if (words.length > 3) {
                if (address < 0 && !words[3].equals("[bpf]") && !words[3].startsWith("[__builtin")) {
                    pages.add(address & -PAGE);
                }
            } else if (words[2].equals("_text")) {
                start = address;
            } else if (words[2].equals("_end")) {
                end = address;
            }
        }
        List<Range> ranges = new ArrayList<>();
        ranges.add(new Range(start & -PAGE, (end + PAGE - 1) & -PAGE));
        long from = 0;
        long to = 0;
        for (long page : pages) {
            if (from != 0 && page > to + GAP) {
                ranges.add(new Range(from, to + 2 * PAGE));
                from = 0;
            }
            from = from == 0 ? page : from;
            to = page;
        }
        if (from != 0) {
            ranges.add(new Range(from, to + 2 * PAGE));
        }
        return ranges;
    }

    private static void write(Path file, short machine, List<Range> ranges, Path memory) throws IOException {
        int size = (HEADER + ranges.size() * SEGMENT + PAGE - 1) & -PAGE;
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
        out.putShort(16, (short) 4).putShort(18, machine).putInt(20, 1).putLong(32, HEADER);
        out.putShort(52, (short) HEADER).putShort(54, (short) SEGMENT).putShort(56, (short) ranges.size());
        long offset = size;
        for (int i = 0; i < ranges.size(); i++) {
            int at = HEADER + i * SEGMENT;
            out.putInt(at, PT_LOAD).putInt(at + 4, 5).putLong(at + 8, offset);
            out.putLong(at + 16, ranges.get(i).start);
            out.putLong(at + 32, ranges.get(i).size())
                    .putLong(at + 40, ranges.get(i).size());
            offset += ranges.get(i).size();
        }
        try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file))) {
            stream.write(out.array());
            Files.copy(memory, stream);
        }
    }
}
