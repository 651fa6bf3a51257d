// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The host that killswitch runs on. */
final class ThisHost implements Surroundings {

    /** Where control groups of version 2 are, alone or beside those of version 1. */
    private static final List<Path> CONTROL_GROUPS =
            List.of(Path.of("/sys/fs/cgroup"), Path.of("/sys/fs/cgroup/unified"));

    private static final Pattern INODE = Pattern.compile("[a-z]+:\\[(\\d{1,10})\\]");

    /** Numbers of the kernel's include/uapi/linux/nsfs.h, which have always been these. */
    private static final long INITIAL_USER_NAMESPACE = 0xEFFF_FFFDL;

    private static final long INITIAL_PID_NAMESPACE = 0xEFFF_FFFCL;

    /** Of a process's line in mountinfo: the device and the mount point. */
    private static final Pattern MOUNT = Pattern.compile("\\d+ \\d+ (\\d+):(\\d+) \\S+ (\\S+) .*");

    private static final Pattern OCTAL = Pattern.compile("\\\\(\\d{3})");

    /** How the kernel itself puts major and minor together. */
    private static final int MINOR_BITS = 20;

    @Override
    public OptionalLong initialNamespace(String name) {
        return switch (name) {
            case "user" -> OptionalLong.of(INITIAL_USER_NAMESPACE);
            case "pid" -> OptionalLong.of(INITIAL_PID_NAMESPACE);
            // Some kernels keep their threads in a mount namespace of their own.
            case "mnt" -> namespaceOf(1, name);
            default -> namespaceOf(2, name);
        };
    }

    /** That of a process that never leaves it. Where process 2 is kthreadd, process 1 is the machine's own. */
    private static OptionalLong namespaceOf(int pid, String name) {
        try {
            if (!Files.readString(Path.of("/proc/2/comm")).strip().equals("kthreadd")) {
                return OptionalLong.empty();
            }
            Matcher m = INODE.matcher(Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + name))
                    .toString());
            return m.matches() ? OptionalLong.of(Long.parseLong(m.group(1))) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static Optional<Path> controlGroups() {
        return CONTROL_GROUPS.stream()
                .filter(p -> Files.exists(p.resolve("cgroup.controllers")))
                .findFirst();
    }

    @Override
    public boolean hasControlGroups() {
        return controlGroups().isPresent();
    }

    /** Its folder's inode number is the group's id. */
    @Override
    public OptionalLong controlGroup(String path) {
        try {
            Optional<Path> folder = controlGroups().map(p -> p.resolve(path)).filter(Files::isDirectory);
            return folder.isPresent()
                    ? OptionalLong.of((Long) Files.getAttribute(folder.get(), "unix:ino"))
                    : OptionalLong.empty();
        } catch (IOException | InvalidPathException e) {
            return OptionalLong.empty();
        }
    }

    @Override
    public Optional<FileId> file(String path) {
        try {
            Path file = Path.of(path);
            if (!file.isAbsolute() || !Files.isRegularFile(file)) {
                return Optional.empty();
            }
            Path real = file.toRealPath();
            long inode = (Long) Files.getAttribute(real, "unix:ino");
            return device(real).map(device -> new FileId(inode, device));
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** The device that is mounted where a file is; what stat() says of it is another one on some file systems. */
    private static Optional<Long> device(Path file) throws IOException {
        Path longest = Path.of("/");
        Optional<Long> device = Optional.empty();
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            Matcher m = MOUNT.matcher(line);
            Path point = m.matches() ? Path.of(unescaped(m.group(3))) : Path.of("");
            // Of several at one place, the last one is in sight.
            if (point.isAbsolute() && file.startsWith(point) && point.getNameCount() >= longest.getNameCount()) {
                longest = point;
                device = Optional.of(Long.parseLong(m.group(1)) << MINOR_BITS | Long.parseLong(m.group(2)));
            }
        }
        return device;
    }

    private static String unescaped(String text) {
        return OCTAL.matcher(text)
                .replaceAll(m -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(m.group(1), 8))));
    }
}
