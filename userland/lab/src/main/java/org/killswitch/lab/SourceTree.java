// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.killswitch.posix.Ownership;

/**
 * The project's own sources, which the module is built from for a kernel of the lab.
 *
 * @param root what holds kernel/ and selftests/
 */
public record SourceTree(Path root) {

    /** What is built or run of a tree. */
    private static final List<String> BUILT = List.of("kernel", "selftests", "bench");

    private static final int ROOT = 0;

    /**
     * The sources in the folder that the command was started in or was built in, or in one above it, or else those that
     * the package killswitch-dkms has installed.
     *
     * @param version the command's own, which the installed sources have to be of
     * @throws LabException if they are not here, or another user could have changed them
     */
    public static SourceTree required(String version) {
        Optional<Path> own = image().flatMap(SourceTree::above);
        Optional<Path> here = above(Path.of("").toAbsolutePath());
        // What the command itself was built from is trusted as the command is.
        if (here.isPresent() && !here.equals(own)) {
            SourceTree tree = new SourceTree(here.get());
            tree.requireTrusted(trustedUsers(effectiveUser(), System.getenv("SUDO_UID")));
            return tree;
        }
        return own.or(() -> installed(Path.of("/usr/src"), version))
                .map(SourceTree::new)
                .orElseThrow(() -> new LabException("the module is built from its sources, and they are not here;"
                        + " install killswitch-dkms, or run this in a clone of the project, or give --sources DIR"));
    }

    /**
     * The sources in a folder that the user has named.
     *
     * @throws LabException if they are not there
     */
    public static SourceTree named(Path folder) {
        if (!Files.exists(folder.resolve("kernel/Kbuild"))) {
            throw new LabException(folder + " has no sources of killswitch: it has no kernel/Kbuild");
        }
        return new SourceTree(folder.toAbsolutePath());
    }

    /** The clone that holds a folder. */
    public static Optional<Path> above(Path folder) {
        for (Path dir = folder; dir != null; dir = dir.getParent()) {
            if (Files.exists(dir.resolve("kernel/Kbuild")) && Files.isDirectory(dir.resolve("userland"))) {
                return Optional.of(dir);
            }
        }
        return Optional.empty();
    }

    /** Where dkms has them. */
    static Optional<Path> installed(Path sources, String version) {
        return Optional.of(sources.resolve("killswitch-" + version))
                .filter(folder -> Files.exists(folder.resolve("kernel/Kbuild")));
    }

    /** The command's own installation with its Java runtime; empty when the launcher did not start it. */
    public static Optional<Path> image() {
        return Optional.ofNullable(System.getenv("KILLSWITCH_HOME")).map(Path::of);
    }

    private static int effectiveUser() {
        try {
            return Ownership.of(Path.of("/proc/self/.")).uid();
        } catch (IOException e) {
            throw new LabException("/proc cannot be read: mount it", e);
        }
    }

    /** The users whose files this process may run: its own, root, and the one who called sudo. */
    static Set<Integer> trustedUsers(int user, @org.jspecify.annotations.Nullable String sudoUser) {
        Set<Integer> users = new TreeSet<>(List.of(ROOT, user));
        if (user == ROOT && sudoUser != null && sudoUser.matches("\\d{1,9}")) {
            users.add(Integer.parseInt(sudoUser));
        }
        return users;
    }

    /**
     * Requires that nobody else has made, or can change, what is built of this tree: a command that was started in some
     * folder must not run what others have put above it.
     */
    void requireTrusted(Set<Integer> users) {
        requireTrusted(root, users);
        for (String part : BUILT) {
            try (Stream<Path> files = Files.walk(root.resolve(part))) {
                files.forEach(file -> requireTrusted(file, users));
            } catch (IOException | java.io.UncheckedIOException e) {
                if (Files.exists(root.resolve(part))) {
                    throw new LabException(root.resolve(part) + " cannot be read: " + e.getMessage(), e);
                }
            }
        }
    }

    private void requireTrusted(Path file, Set<Integer> users) {
        Ownership ownership;
        try {
            ownership = Ownership.of(file);
        } catch (IOException e) {
            throw new LabException(file + " cannot be read: " + e.getMessage(), e);
        }
        // The permissions of a link mean nothing.
        boolean changeable = ownership.isWritableByAll() && !Files.isSymbolicLink(file);
        if (!users.contains(ownership.uid()) || changeable) {
            throw new LabException("the sources in " + root + " are not used: " + file
                    + (changeable ? " can be changed by everyone" : " belongs to uid " + ownership.uid())
                    + "; start this in another folder, or name them if you trust them: --sources " + root);
        }
    }

    /** The folder of the kernel modules. */
    public Path module() {
        return root.resolve("kernel");
    }

    /** The folder of what benchmarks run in guests. */
    public Path bench() {
        return root.resolve("bench");
    }

    /** A program of the selftests, or a file for one. */
    public Path program(String name) {
        return root.resolve("selftests").resolve(name);
    }
}
