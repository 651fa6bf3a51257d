// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.killswitch.posix.DidYouMean;
import org.killswitch.posix.Errno;
import org.killswitch.posix.ErrnoException;
import org.killswitch.posix.Native;
import org.killswitch.posix.Ownership;

/** What is pinned for killswitch in the BPF file system: programs and links that outlive who loaded them. */
public final class BpfFs {

    private static final Path MOUNT = Path.of("/sys/fs/bpf");

    /** Where everything of killswitch is pinned. */
    public static final Path FOLDER = MOUNT.resolve("killswitch");

    private static final int ROOT = 0;

    /** Stands between a function's name and a number, in the name of a guard that is pinned for a moment. */
    static final String GUARD_INFIX = "__when_";

    private static final Pattern GUARD = Pattern.compile(".+" + GUARD_INFIX + "\\d+");

    private final Path folder;

    /** Another folder, which need not be in a BPF file system. */
    public BpfFs(Path folder) {
        this.folder = folder;
    }

    /** That of the kernel that runs here. */
    public static BpfFs ofThisHost() {
        return new BpfFs(FOLDER);
    }

    /**
     * Something pinned.
     *
     * @param name the file's
     * @param object what it is
     */
    public record Pinned(String name, BpfObject object) {}

    /** What can be pinned. */
    public sealed interface BpfObject {
        /** The number that bpftool knows it by. */
        int id();
    }

    /**
     * A program.
     *
     * @param type as bpftool calls it, such as kprobe
     * @param name as it was loaded, up to 15 characters
     * @param tag a checksum of its instructions
     */
    public record Program(int id, String type, String name, String tag) implements BpfObject {}

    /**
     * A program's attachment to a function.
     *
     * @param programId the attached program's
     */
    public record Link(int id, int programId) implements BpfObject {}

    /**
     * The pins of engagebpf, sorted: each is a program that is attached to the function that its name begins with. They
     * are told from guards by their names, so that libbpf is not asked.
     *
     * @return empty where the caller may not look (only root may)
     */
    public Optional<List<String>> overrides() {
        try {
            return Optional.of(names().stream()
                    .filter(name -> !GUARD.matcher(name).matches())
                    .toList());
        } catch (BpfException e) {
            return Optional.empty();
        }
    }

    /** Everything pinned, by name. */
    public List<Pinned> list() throws BpfException {
        List<Pinned> pinned = new ArrayList<>();
        for (Path file : files()) {
            // It may go meanwhile.
            Optional<BpfObject> object = object(file);
            object.ifPresent(o -> pinned.add(new Pinned(file.getFileName().toString(), o)));
        }
        return pinned;
    }

    private List<Path> files() throws BpfException {
        if (!Files.exists(folder) && isReadable(folder.resolveSibling("."))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (AccessDeniedException e) {
            throw needsRoot();
        } catch (IOException e) {
            throw new BpfException(folder + " cannot be read: " + e.getMessage());
        }
    }

    private static boolean isReadable(Path path) {
        return Files.isReadable(path) && Files.isExecutable(path);
    }

    private BpfException needsRoot() {
        return new BpfException(folder + " is accessible to root only; run it as root (sudo killswitch ...)");
    }

    private static Optional<BpfObject> object(Path file) throws BpfException {
        Libbpf libbpf = Libbpf.load();
        int fd;
        try {
            fd = libbpf.objGet(file.toString());
        } catch (LibbpfException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
        try {
            String what = Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
            if (what.contains("link")) {
                Libbpf.LinkInfo info = libbpf.linkInfo(fd);
                return Optional.of(new Link(info.id(), info.progId()));
            }
            if (what.contains("prog")) {
                Libbpf.ProgInfo info = libbpf.progInfo(fd);
                return Optional.of(new Program(info.id(), type(info.type()), info.name(), info.tag()));
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new BpfException("what " + file + " is cannot be told: " + e.getMessage());
        } finally {
            Native.close(fd);
        }
    }

    private static String type(int type) {
        return switch (type) {
            case Libbpf.BPF_PROG_TYPE_KPROBE -> "kprobe";
            case Libbpf.BPF_PROG_TYPE_SOCKET_FILTER -> "socket_filter";
            case Libbpf.BPF_PROG_TYPE_RAW_TRACEPOINT -> "raw_tracepoint";
            default -> "type " + type;
        };
    }

    /**
     * Removes a pin by its name. What nothing else holds is gone with it: a link takes its program off the function.
     */
    public void remove(String name) throws BpfException {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.contains("/") || name.contains("\0")) {
            throw new BpfException("'" + name + "' is not a name in " + folder + "; see them: killswitch bpf list");
        }
        try {
            Files.delete(folder.resolve(name));
        } catch (NoSuchFileException e) {
            throw new BpfException("nothing is pinned as '" + name + "'" + DidYouMean.hint(name, names())
                    + "; see what is: killswitch bpf list");
        } catch (AccessDeniedException e) {
            throw needsRoot();
        } catch (IOException e) {
            throw new BpfException("'" + name + "' cannot be removed: " + e.getMessage());
        }
    }

    private List<String> names() throws BpfException {
        return files().stream().map(f -> f.getFileName().toString()).toList();
    }

    /** A name for something of a function: the file system takes no dots. */
    public static String name(String text) {
        return text.replaceAll("[^A-Za-z0-9_]", "_");
    }

    /**
     * The folder for pins, made if it is not there, in a BPF file system, mounted if it is not there.
     *
     * @throws BpfException also if somebody else could put another program in a pin's place
     */
    Path folder() throws BpfException {
        try {
            if (!isMounted()) {
                mount();
            }
            makeFolder();
        } catch (AccessDeniedException e) {
            throw needsRoot();
        } catch (IOException e) {
            throw new BpfException(folder + " cannot be made: " + e.getMessage());
        }
        requireTrusted(folder, ROOT);
        return folder;
    }

    private void makeFolder() throws IOException {
        try {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // whose it is, and what, is checked anyway
            return;
        }
    }

    /**
     * Requires that only one user can change what is in a folder, and what the folder's name leads to: a mount of the BPF
     * file system without options lets everybody make folders in it.
     */
    static void requireTrusted(Path folder, int uid) throws BpfException {
        Path parent = folder.resolveSibling("");
        try {
            Ownership own = Ownership.of(folder);
            if (!own.isFolder() || own.uid() != uid || !own.isWritableByOwnerOnly()) {
                throw new BpfException(replaceable(folder, own) + "see who made it, then remove it: rm -r " + folder);
            }
            Ownership above = Ownership.of(parent);
            if (above.uid() != uid || !above.keepsEntriesOfOwner()) {
                throw new BpfException(
                        replaceable(parent, above) + "run: chown " + uid + " " + parent + " && chmod 0700 " + parent);
            }
        } catch (IOException e) {
            throw new BpfException("whose " + folder + " is cannot be read: " + e.getMessage());
        }
    }

    private static String replaceable(Path path, Ownership ownership) {
        return path + (ownership.isFolder() ? "" : ", not a folder,") + " belongs to uid " + ownership.uid()
                + " and has mode " + ownership.permissions()
                + ": another user could replace a guard that is pinned there; ";
    }

    private static void mount() throws LibbpfException {
        try {
            Native.mount("bpf", MOUNT.toString(), "bpf", "mode=0700");
        } catch (ErrnoException e) {
            throw new LibbpfException("mounting bpf at " + MOUNT, e.number());
        }
    }

    private static boolean isMounted() throws IOException {
        String point = " " + MOUNT + " bpf ";
        try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mounts"))) {
            return mounts.anyMatch(line -> line.contains(point));
        }
    }
}
