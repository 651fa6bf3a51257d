// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** A guard's program in the BPF file system, where the kernel module finds it; closing takes it away there. */
public final class Pin implements AutoCloseable {

    private final Path path;

    private Pin(Path path) {
        this.path = path;
    }

    /**
     * Loads a guard's program and pins it, under a name of its own that says what it is of.
     *
     * @param function whose calls it is asked about
     */
    public static Pin of(String function, List<Insn> insns) throws BpfException {
        String name = "ks_" + BpfFs.name(function);
        try (LoadedProgram program = LoadedProgram.load(LoadedProgram.Type.KPROBE, "the guard", name, insns)) {
            // A process's number is not unique: another one may have the same in a container.
            long number = ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);
            Path path = BpfFs.ofThisHost().folder().resolve(BpfFs.name(function + BpfFs.GUARD_INFIX + number));
            program.pin(path.toString());
            return new Pin(path);
        }
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
