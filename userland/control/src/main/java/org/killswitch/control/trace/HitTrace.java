// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control.trace;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.killswitch.control.ControlException;
import org.killswitch.control.SymbolName;
import org.killswitch.posix.Errno;
import org.killswitch.posix.ErrnoException;
import org.killswitch.posix.Fd;

/**
 * Follows the calls that overrides catch, by the trace event killswitch:killswitch_hit, in a trace instance of its own:
 * other users of tracefs are not disturbed. The event costs time while it is followed.
 */
public final class HitTrace implements HitSource {

    private static final List<Path> TRACEFS =
            List.of(Path.of("/sys/kernel/tracing"), Path.of("/sys/kernel/debug/tracing"));
    private static final String PREFIX = "killswitch-watch-";
    private static final String EVENT = "events/killswitch/killswitch_hit/";

    /** Of memory that is never swapped, for all CPUs together, and the least for one. */
    private static final int BUFFERS_KB = 64 * 1024;

    private static final int BUFFER_MIN_KB = 64;

    private static final int READ_MAX = 64 * 1024;

    /** How much it may hold. Where hits come faster than they are read, the kernel counts those that it has no room for. */
    public enum Size {
        /** For a command, which is to miss nothing. */
        LARGE(4096, 8 * 1024 * 1024),
        /** For a program that stays, and to which some hundred hits are enough. */
        SMALL(BUFFER_MIN_KB, 128 * 1024);

        private final int bufferMaxKb;

        /** Bytes that are taken at a time. */
        private final int roundMax;

        Size(int bufferMaxKb, int roundMax) {
            this.bufferMaxKb = bufferMaxKb;
            this.roundMax = roundMax;
        }
    }

    /** No longer filter is taken: a page. */
    private static final int FILTER_MAX = 4095;

    private final Path instance;
    private final Fd pipe;
    private final Size size;
    private final HitLines lines = new HitLines();
    private boolean closed;

    private HitTrace(Path instance, Fd pipe, Size size) {
        this.instance = instance;
        this.pipe = pipe;
        this.size = size;
    }

    private static Optional<Path> tracefs() {
        return TRACEFS.stream()
                .filter(p -> Files.isDirectory(p.resolve("instances")))
                .findFirst();
    }

    /** Starts to follow, with large buffers. */
    public static HitTrace open(Set<SymbolName> symbols) throws ControlException {
        return open(symbols, Size.LARGE);
    }

    /**
     * Starts to follow.
     *
     * @param symbols the names of the engagements to follow, as they were engaged; empty for all
     * @throws ControlException if the module is not loaded, or this is not root, or the kernel is locked down
     */
    public static HitTrace open(Set<SymbolName> symbols, Size size) throws ControlException {
        Path tracefs = tracefs()
                .orElseThrow(() -> new ControlException(
                        Files.isReadable(TRACEFS.getFirst())
                                ? "hits cannot be followed: there is no tracefs; mount -t tracefs tracefs /sys/kernel/tracing"
                                : "hits cannot be followed: only root may trace; run it with sudo",
                        null));
        if (!Files.exists(tracefs.resolve(EVENT))) {
            throw new ControlException(
                    "hits cannot be followed: the kernel module is not loaded; load it with: modprobe killswitch",
                    null);
        }
        String filter = symbols.stream().map(s -> "symbol == \"" + s + "\"").collect(Collectors.joining(" || "));
        if (filter.length() > FILTER_MAX) {
            throw new ControlException(
                    "hits of so many functions cannot be picked out; name fewer, or none to follow all", null);
        }
        removeAbandoned(tracefs.resolve("instances"));
        Path instance = tracefs.resolve("instances").resolve(instanceName());
        boolean begun = false;
        try {
            Files.createDirectory(instance);
            int cpus = Runtime.getRuntime().availableProcessors();
            Files.writeString(instance.resolve("buffer_size_kb"), Integer.toString(bufferKb(cpus, size)));
            if (!symbols.isEmpty()) {
                Files.writeString(instance.resolve(EVENT + "filter"), filter);
            }
            Fd pipe = Fd.open(instance.resolve("trace_pipe"), Fd.Mode.READ_NONBLOCK);
            Files.writeString(instance.resolve(EVENT + "enable"), "1");
            begun = true;
            return new HitTrace(instance, pipe, size);
        } catch (IOException | ErrnoException e) {
            throw new ControlException("hits cannot be followed: " + reason(e), null);
        } finally {
            if (!begun) {
                removeIfPossible(instance);
            }
        }
    }

    /** How large the buffer of each CPU is. */
    static int bufferKb(int cpus, Size size) {
        return Math.clamp(BUFFERS_KB / cpus, BUFFER_MIN_KB, size.bufferMaxKb);
    }

    private static String reason(Exception e) {
        boolean denied = e instanceof AccessDeniedException
                || (e instanceof ErrnoException errno && (errno.is(Errno.EPERM) || errno.is(Errno.EACCES)))
                || String.valueOf(e.getMessage()).contains("not permitted");
        return denied
                ? "tracing is for root only, and closed under lockdown (confidentiality); hits are still counted: killswitch status"
                : String.valueOf(e.getMessage());
    }

    /**
     * The name of a process's instance. A process's number is one of its namespace: in a container that sees the host's
     * tracefs it may be another's.
     */
    private static String instanceName() {
        return PREFIX + namespace() + "-" + ProcessHandle.current().pid();
    }

    /** The number of this process's namespace of process numbers; 0 if that is not known. */
    private static String namespace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid"))
                    .toString()
                    .replaceAll("\\D", "");
        } catch (IOException e) {
            return "0";
        }
    }

    /**
     * Whether an instance is that of a process that was killed, and could not clean up.
     *
     * @param namespace the caller's: of the processes of others it cannot tell whether they run
     */
    static boolean isAbandoned(String instance, String namespace, Predicate<String> runs) {
        String own = PREFIX + namespace + "-";
        return instance.startsWith(own) && !runs.test(instance.substring(own.length()));
    }

    /** Takes away what those have left that were killed while they followed; else the next one to follow does. */
    public static void removeAbandoned() {
        tracefs().ifPresent(t -> removeAbandoned(t.resolve("instances")));
    }

    private static void removeAbandoned(Path instances) {
        String namespace = namespace();
        try (Stream<Path> all = Files.list(instances)) {
            all.filter(p -> isAbandoned(
                            p.getFileName().toString(), namespace, pid -> Files.exists(Path.of("/proc", pid))))
                    .toList()
                    .forEach(HitTrace::removeIfPossible);
        } catch (IOException e) {
            // then they stay, as whoever may not look at them may not follow either
        }
    }

    private static void removeIfPossible(Path instance) {
        try {
            Files.deleteIfExists(instance);
        } catch (IOException e) {
            // somebody looks into it; the next to follow tries again
        }
    }

    @Override
    public synchronized News read() throws ControlException {
        if (closed) {
            return new News(List.of(), 0);
        }
        String text;
        try {
            text = round(pipe::read, size);
        } catch (ErrnoException e) {
            throw new ControlException("hits cannot be followed any more: " + e.getMessage(), null);
        }
        if (!Files.exists(instance.resolve(EVENT))) {
            throw new ControlException("hits cannot be followed any more: killswitch has been unloaded", null);
        }
        return lines.add(text);
    }

    /** What a trace is read from. */
    interface Pipe {
        byte[] read(int max) throws ErrnoException;
    }

    /** What there is to be read, up to what is taken at a time. */
    static String round(Pipe pipe, Size size) throws ErrnoException {
        StringBuilder text = new StringBuilder();
        try {
            byte[] some = pipe.read(READ_MAX);
            while (some.length > 0) {
                text.append(new String(some, StandardCharsets.ISO_8859_1));
                some = text.length() < size.roundMax ? pipe.read(READ_MAX) : new byte[0];
            }
        } catch (ErrnoException e) {
            if (!e.is(Errno.EAGAIN) && !e.is(Errno.EINTR)) {
                throw e;
            }
        }
        return text.toString();
    }

    /** Stops to follow, and takes the trace instance away. */
    @Override
    public synchronized void close() throws ControlException {
        if (closed) {
            return;
        }
        closed = true;
        pipe.close();
        try {
            Files.deleteIfExists(instance);
        } catch (IOException e) {
            throw new ControlException("the trace instance stays: " + e.getMessage(), null);
        }
    }
}
