package org.killswitch.lab;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of downloads and built kernels. An entry is made in a folder of its own and then renamed, so that what
 * stands under an entry's name is whole, whoever was killed while making it.
 */
public final class Cache {
    /** File locks are held by the process: threads of this one exclude each other by these. */
    private static final Map<Path, ReentrantLock> MONITORS = new ConcurrentHashMap<>();

    private static final String LOCKS = "locks";
    private static final String UNFINISHED = ".unfinished";

    /** What make, apt and the dynamic loader take for the end of a path, or for the beginning of something else. */
    private static final Pattern SPECIAL = Pattern.compile("[\\s:;'\"\\\\$#%*?&|<>()\\[\\]{}~]");

    private final Path root;

    public Cache(Path root) {
        this.root = root;
    }

    /** ${XDG_CACHE_HOME:-~/.cache}/killswitch. */
    public static Cache standard() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg != null && !xdg.isEmpty() ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return new Cache(usable(base.resolve("killswitch").toAbsolutePath()));
    }

    /** A folder whose name all programs of the lab take. */
    static Path usable(Path root) {
        if (SPECIAL.matcher(root.toString()).find()) {
            throw new LabException("the lab cannot keep its files in '" + root
                    + "': not every program that it runs takes blanks and punctuation in a path; set XDG_CACHE_HOME to"
                    + " another folder");
        }
        return root;
    }

    public Path root() {
        return root;
    }

    /** Runs something that no other run of the lab does at the same time. */
    public <T> T locked(String name, Supplier<T> action) {
        Path file = lockFile(name);
        ReentrantLock monitor = monitor(file);
        monitor.lock();
        try {
            Files.createDirectories(file.getParent());
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var lock = channel.lock()) {
                assert lock.isValid();
                return action.get();
            }
        } catch (IOException e) {
            throw unusable(e);
        } finally {
            monitor.unlock();
        }
    }

    /** Does something unless another run of the lab, or another thread, has the lock; whether it was done. */
    boolean unlessLocked(String name, Runnable action) {
        Path file = lockFile(name);
        ReentrantLock monitor = monitor(file);
        if (monitor.isHeldByCurrentThread() || !monitor.tryLock()) {
            return false;
        }
        try {
            Files.createDirectories(file.getParent());
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var lock = channel.tryLock()) {
                if (lock == null) {
                    return false;
                }
                action.run();
                return true;
            }
        } catch (IOException e) {
            throw unusable(e);
        } finally {
            monitor.unlock();
        }
    }

    private Path lockFile(String name) {
        return root.resolve(LOCKS).resolve(name.replace('/', '-'));
    }

    private static ReentrantLock monitor(Path lockFile) {
        return MONITORS.computeIfAbsent(lockFile, f -> new ReentrantLock());
    }

    private LabException unusable(IOException e) {
        return new LabException(
                "the cache in " + root + " cannot be used: " + LabException.why(e) + "; XDG_CACHE_HOME chooses another",
                e);
    }

    /** The entry of that name, made by {@code maker} in the folder it is given if there is none yet. */
    public Path entry(String name, Consumer<Path> maker) {
        Path entry = root.resolve(name);
        if (Files.isDirectory(entry)) {
            return used(entry);
        }
        return locked(name, () -> {
            if (!Files.isDirectory(entry)) {
                make(entry, maker);
            }
            return used(entry);
        });
    }

    /** Notes that an entry is of use, for {@link #clean}. */
    public static Path used(Path entry) {
        try {
            Files.setLastModifiedTime(entry, FileTime.from(Instant.now()));
        } catch (IOException e) {
            // A cache that cannot be written to is not cleaned either.
            return entry;
        }
        return entry;
    }

    private void make(Path entry, Consumer<Path> maker) {
        Path parent = entry.getParent();
        String prefix = entry.getFileName() + UNFINISHED;
        try {
            Files.createDirectories(parent);
            deleteAbandoned(parent, prefix);
            // A folder of our own each time: a killed run may have left a program behind that still writes to its own.
            try (Scratch unfinished = Scratch.in(parent, prefix)) {
                Files.setPosixFilePermissions(unfinished.folder(), PosixFilePermissions.fromString("rwxr-xr-x"));
                maker.accept(unfinished.folder());
                Files.move(unfinished.folder(), entry, StandardCopyOption.ATOMIC_MOVE);
            }
            deleteAbandoned(parent, prefix); // whoever wrote to one just now has ended meanwhile
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /**
     * Removes what killed runs left unfinished, as far as it lets itself be removed.
     *
     * @param own the beginning of the names of one entry's, whose lock the caller holds
     */
    private void deleteAbandoned(Path parent, String own) throws IOException {
        for (Path sibling : list(parent)) {
            String name = sibling.getFileName().toString();
            if (name.startsWith(own)) {
                deleteQuietly(sibling);
            } else if (name.contains(UNFINISHED) && Files.isDirectory(sibling)) {
                unlessLocked(entryOf(sibling), () -> deleteQuietly(sibling));
            }
        }
    }

    /** The name of the entry that a folder is, or was to become. */
    private String entryOf(Path folder) {
        return root.relativize(folder).toString().replaceFirst(Pattern.quote(UNFINISHED) + ".*", "");
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    /**
     * Something that was removed, or would be.
     *
     * @param name of the entry
     * @param bytes what it takes on the disk
     */
    public record Removed(String name, long bytes) {}

    /**
     * Removes entries that have not been used since some time, and all that killed runs left unfinished. What another run
     * makes just now stays.
     *
     * @param dryRun whether only to say what would be removed
     */
    public List<Removed> clean(Instant usedBefore, boolean dryRun) {
        List<Removed> removed = new ArrayList<>();
        try {
            if (!Files.isDirectory(root)) {
                return removed;
            }
            for (Path kind : list(root)) {
                if (Files.isDirectory(kind) && !kind.endsWith(LOCKS)) {
                    for (Path entry : list(kind)) {
                        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) && isOld(entry, usedBefore)) {
                            clean(entry, dryRun).ifPresent(removed::add);
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw unusable(e);
        }
        return removed;
    }

    private static boolean isOld(Path entry, Instant usedBefore) throws IOException {
        return entry.getFileName().toString().contains(UNFINISHED)
                || Files.getLastModifiedTime(entry).toInstant().isBefore(usedBefore);
    }

    private Optional<Removed> clean(Path entry, boolean dryRun) {
        Removed removed = new Removed(root.relativize(entry).toString(), size(entry));
        boolean done = unlessLocked(entryOf(entry), () -> {
            if (!dryRun) {
                deleteQuietly(entry);
            }
        });
        return done && (dryRun || !Files.exists(entry)) ? Optional.of(removed) : Optional.empty();
    }

    /** What the files in a folder take. */
    public static long size(Path folder) {
        long[] bytes = {0};
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    bytes[0] += attributes.size();
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE; // it has gone meanwhile
                }
            });
        } catch (IOException e) {
            throw new LabException(folder + " cannot be read: " + e.getMessage(), e);
        }
        return bytes[0];
    }

    /** Removes a folder; what cannot be removed, such as while somebody still writes to it, stays. */
    public static void deleteQuietly(Path directory) {
        try {
            delete(directory);
        } catch (IOException e) {
            // a folder left in the cache, or in the temporary directory, is no reason to fail
        }
    }

    /** Removes a folder and all in it, following no links. */
    public static void delete(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path dir, java.io.@org.jspecify.annotations.Nullable IOException e) throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
