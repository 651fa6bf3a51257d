// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import java.util.ArrayList;
import java.util.List;
import org.killswitch.posix.Errno;
import org.killswitch.posix.Native;

/** A program in the kernel, for as long as it is not closed, or else pinned or in use. */
public final class LoadedProgram implements AutoCloseable {

    /** What a program is for. */
    public enum Type {
        /** To be run at a function's entry; its context is the registers. */
        KPROBE(Libbpf.BPF_PROG_TYPE_KPROBE),
        /** Can be run by hand; its context is words. */
        RAW_TRACEPOINT(Libbpf.BPF_PROG_TYPE_RAW_TRACEPOINT);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    private final Libbpf libbpf;
    private final int fd;

    private LoadedProgram(Libbpf libbpf, int fd) {
        this.libbpf = libbpf;
        this.fd = fd;
    }

    /**
     * Loads a program.
     *
     * @param what it is, for an error
     * @param name letters, digits and underscores; the kernel keeps 15 of them
     * @throws BpfException if the kernel does not take it, with what the verifier said last
     */
    public static LoadedProgram load(Type type, String what, String name, List<Insn> insns) throws BpfException {
        Libbpf libbpf = Libbpf.load();
        List<String> log = new ArrayList<>();
        try {
            int fd = libbpf.progLoad(
                    type.number, name, Insn.bytes(insns), text -> text.lines().forEach(log::add));
            return new LoadedProgram(libbpf, fd);
        } catch (LibbpfException e) {
            throw new BpfException("the kernel does not take " + what + ": " + reason(e, log));
        }
    }

    private static String reason(LibbpfException e, List<String> log) {
        if (e.is(Errno.EPERM) && log.isEmpty()) {
            return "loading BPF programs needs root (sudo killswitch ...), and a kernel that is not locked down";
        }
        return e.getMessage() + VerifierLog.last(log);
    }

    /**
     * Runs it once; not for programs of every type.
     *
     * @return what it returned
     */
    public int run(byte[] context) throws BpfException {
        return libbpf.progTestRun(fd, context);
    }

    void pin(String path) throws BpfException {
        libbpf.objPin(fd, path);
    }

    @Override
    public void close() {
        Native.close(fd);
    }
}
