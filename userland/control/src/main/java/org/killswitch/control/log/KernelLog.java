// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.killswitch.control.SymbolName;
import org.killswitch.posix.Errno;
import org.killswitch.posix.ErrnoException;
import org.killswitch.posix.Fd;

/**
 * What the module has said in the kernel log. The log is a courtesy: where it cannot be read (mostly only root may), or
 * where it has rotated, there is less to tell and nothing fails.
 */
public final class KernelLog {

    /** More than one record of /dev/kmsg can be; with a smaller buffer the kernel refuses to read. */
    private static final int RECORD_MAX = 16 * 1024;

    private static final String OURS = "killswitch: ";

    /** Priority and facility, sequence number, microseconds since boot, flags; then the text. */
    private static final Pattern RECORD =
            Pattern.compile("(?<prio>\\d{1,9}),\\d+,(?<micros>\\d{1,18}),[^;]*;(?<text>.*)");

    private static final Pattern BOOT = Pattern.compile("btime (?<seconds>\\d{1,12})");

    private final Path kmsg;
    private final Path stat;

    /**
     * A log to read.
     *
     * @param kmsg records as /dev/kmsg gives them
     * @param stat when the machine was booted, as in /proc/stat
     */
    public KernelLog(Path kmsg, Path stat) {
        this.kmsg = kmsg;
        this.stat = stat;
    }

    /** The log of the kernel that runs here. */
    public static KernelLog ofThisHost() {
        return new KernelLog(Path.of("/dev/kmsg"), Path.of("/proc/stat"));
    }

    private record Message(long micros, String text) {}

    /** Who engaged what is engaged now, and when, by the name it was engaged under. */
    public Map<SymbolName, Origin> origins() {
        Map<SymbolName, Origin> origins = new HashMap<>();
        Optional<Instant> boot = bootTime();
        if (boot.isEmpty()) {
            return origins;
        }
        try (Fd fd = Fd.open(kmsg, Fd.Mode.READ_NONBLOCK)) {
            for (Message message : drain(fd)) {
                // No switch over the types: it is code that the JVM makes anew at every start, which takes it 10 ms.
                LogLine line = LogLine.parse(message.text()).orElse(null);
                if (line instanceof LogLine.Engaged engaged) {
                    origins.put(engaged.symbol(), new Origin(when(boot.get(), message), engaged.by()));
                } else if (line instanceof LogLine.Ended ended) {
                    origins.remove(ended.symbol());
                }
            }
        } catch (ErrnoException e) {
            return origins;
        }
        return origins;
    }

    /**
     * What the module said about a function, oldest first; empty where the log is not readable.
     *
     * @param symbol its name as it was engaged, or as it was given with a command that was refused
     */
    public List<Said> about(SymbolName symbol) {
        Optional<Instant> boot = bootTime();
        if (boot.isEmpty()) {
            return List.of();
        }
        Pattern name = Pattern.compile("(?<![\\w.$:])" + Pattern.quote(symbol.text()) + "(?![\\w.$])");
        try (Fd fd = Fd.open(kmsg, Fd.Mode.READ_NONBLOCK)) {
            return drain(fd).stream()
                    .filter(m -> name.matcher(m.text()).find())
                    .map(m -> new Said(when(boot.get(), m), m.text()))
                    .toList();
        } catch (ErrnoException e) {
            return List.of();
        }
    }

    /**
     * A line of the log.
     *
     * @param text without "killswitch: " in front
     */
    public record Said(Instant when, String text) {}

    private static Instant when(Instant boot, Message message) {
        return boot.plusNanos(message.micros() * 1000);
    }

    /** In whole seconds, and so the same each time it is asked for. */
    private Optional<Instant> bootTime() {
        try (Stream<String> lines = Files.lines(stat, StandardCharsets.ISO_8859_1)) {
            return lines.map(BOOT::matcher)
                    .filter(Matcher::matches)
                    .map(m -> Instant.ofEpochSecond(Long.parseLong(m.group("seconds"))))
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    /** Remembers where the log ends now, so that {@link Tail#lines} gives what a command made the module say. */
    public Tail tail() {
        try {
            Fd fd = Fd.open(kmsg, Fd.Mode.READ_NONBLOCK);
            try {
                fd.seekToEnd();
                return new Tail(fd);
            } catch (ErrnoException e) {
                fd.close();
                return new Tail(null);
            }
        } catch (ErrnoException e) {
            return new Tail(null);
        }
    }

    /** The end of the log from some moment on; empty where the log is not readable. */
    public static final class Tail implements AutoCloseable {

        private final @Nullable Fd fd;

        private Tail(@Nullable Fd fd) {
            this.fd = fd;
        }

        /** What the module has said since, oldest first. */
        public List<LogLine> lines() {
            if (fd == null) {
                return List.of();
            }
            try {
                return drain(fd).stream()
                        .flatMap(m -> LogLine.parse(m.text()).stream())
                        .toList();
            } catch (ErrnoException e) {
                return List.of();
            }
        }

        @Override
        public void close() {
            if (fd != null) {
                fd.close();
            }
        }
    }

    private static List<Message> drain(Fd fd) throws ErrnoException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        while (true) {
            try {
                byte[] record = fd.read(RECORD_MAX);
                if (record.length == 0) {
                    break;
                }
                text.writeBytes(record);
            } catch (ErrnoException e) {
                if (e.is(Errno.EAGAIN)) {
                    break;
                }
                // EPIPE: the oldest records were overwritten while we read; reading goes on after them.
                if (!e.is(Errno.EPIPE) && !e.is(Errno.EINTR)) {
                    throw e;
                }
            }
        }
        List<Message> messages = new ArrayList<>();
        text.toString(StandardCharsets.UTF_8)
                .lines()
                .forEach(line -> parse(line).ifPresent(messages::add));
        return messages;
    }

    private static Optional<Message> parse(String line) {
        Matcher m = RECORD.matcher(line);
        if (!m.matches() || !m.group("text").startsWith(OURS)) {
            return Optional.empty();
        }
        // Facility 0 is the kernel: what a process writes to /dev/kmsg never has it, whatever it claims to be. Of those
        // that may, which are root's, one has to say why it failed.
        if (Integer.parseInt(m.group("prio")) >> 3 != 0 && !m.group("text").startsWith(OURS + "ks-bpf-load: ")) {
            return Optional.empty();
        }
        // The device escapes backslashes, and comm brings its own.
        String text = m.group("text").substring(OURS.length()).replace("\\x5c", "\\");
        return Optional.of(new Message(Long.parseLong(m.group("micros")), text));
    }
}
