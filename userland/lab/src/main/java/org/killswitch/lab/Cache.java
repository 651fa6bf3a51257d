// SPDX-License-Identifier: GPL-2.0-or-later
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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The folder of downloads and built kernels. An entry is made in a folder of its own and then renamed, so that what
 * stands under an entry's name is whole, whoever was killed while making it.
 */
public final class Cache {
    /** File locks are held by the process: threads of this one exclude each other by these. */
    private static final Map<Path, Object> MONITORS = new ConcurrentHashMap<>();

    private final Path root;

    public Cache(Path root) {
        this.root = root;
    }

    /** ${XDG_CACHE_HOME:-~/.cache}/killswitch. */
    public static Cache standard() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg != null && !xdg.isEmpty() ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return new Cache(base.resolve("killswitch"));
    }

    public Path root() {
        return root;
    }

    /** Runs something that no other run of the lab does at the same time. */
    public <T> T locked(String name, Supplier<T> action) {
        Path file = root.resolve("locks").resolve(name.replace('/', '-'));
        synchronized (MONITORS.computeIfAbsent(file, f -> new Object())) {
            try {
                Files.createDirectories(file.getParent());
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        var lock = channel.lock()) {
                    assert lock.isValid();
                    return action.get();
                }
            } catch (IOException e) {
                throw new LabException("the cache in " + root + " cannot be used: " + e.getMessage(), e);
            }
        }
    }

    /** The entry of that name, made by {@code maker} in the folder it is given if there is none yet. */
    public Path entry(String name, Consumer<Path> maker) {
        Path entry = root.resolve(name);
        if (Files.isDirectory(entry)) {
            return entry;
        }
        return locked(name, () -> {
            if (!Files.isDirectory(entry)) {
                make(entry, maker);
            }
            return entry;
        });
    }

    private static void make(Path entry, Consumer<Path> maker) {
        String prefix = entry.getFileName() + ".unfinished";
        try {
            Files.createDirectories(entry.getParent());
            deleteAbandoned(entry.getParent(), prefix);
            // A folder of our own each time: a killed run may have left a program behind that still writes to its own.
            Path unfinished = Files.createTempDirectory(entry.getParent(), prefix);
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
            maker.accept(unfinished);
            Files.move(unfinished, entry, StandardCopyOption.ATOMIC_MOVE);
            deleteAbandoned(entry.getParent(), prefix); // whoever wrote to one just now has ended meanwhile
        } catch (IOException e) {
            throw new LabException("the cache in " + entry.getParent() + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** Removes what killed runs left of an entry, as far as it lets itself be removed; the caller holds its lock. */
    private static void deleteAbandoned(Path parent, String prefix) throws IOException {
        try (Stream<Path> siblings = Files.list(parent)) {
            for (Path sibling : siblings.toList()) {
                if (sibling.getFileName().toString().startsWith(prefix)) {
                    deleteQuietly(sibling);
                }
            }
        }
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
