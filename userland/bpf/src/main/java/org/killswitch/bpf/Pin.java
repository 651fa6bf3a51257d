package org.killswitch.bpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A guard's program in the BPF file system, where the kernel module finds it; closing takes it away there. */
public final class Pin implements AutoCloseable {

    private final Path path;

    private Pin(Path path) {
        this.path = path;
    }

    /** Pins a program under a name that no other process uses, and that says what it is of. */
    static Pin of(Libbpf libbpf, int fd, String function) throws BpfException {
        Path folder = BpfFs.ofThisHost().folder();
        String name = BpfFs.name(function + "__when_" + ProcessHandle.current().pid());
        Path path = folder.resolve(name);
        try {
            // If it is there, the process that had our number before us was killed.
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new BpfException("an old guard cannot be removed: " + path + ": " + e.getMessage());
        }
        libbpf.objPin(fd, path.toString());
        return new Pin(path);
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** Takes it away; the program stays for as long as somebody uses it. */
    @Override
    public void close() throws BpfException {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new BpfException("the guard stays pinned at " + path + ": " + e.getMessage() + "; remove it with:"
                    + " killswitch bpf remove " + path.getFileName());
        }
    }
}
