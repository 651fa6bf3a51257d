// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.killswitch.bpf.Libbpf.BpfLink;
import org.killswitch.bpf.Libbpf.BpfObject;
import org.killswitch.bpf.Libbpf.BpfProgram;
import org.killswitch.posix.Errno;
import org.killswitch.posix.Native;

/**
 * Loads compiled BPF programs that call {@code bpf_override_return()}, attaches them to a function's entry and pins what
 * holds them there. The kernel lets that be for functions that it allows error injection for, and, while the kernel
 * module carries out {@code engagebpf}, for the one that it was asked for.
 */
final class OverrideLoader {

    private static final int CALL_HELPER = Insn.JMP | Insn.CALL;

    private final Libbpf libbpf;
    private final BpfFs fs;
    private final Path file;
    private final String function;
    private final List<String> complaints = new ArrayList<>();

    private OverrideLoader(Libbpf libbpf, BpfFs fs, Path file, String function) {
        this.libbpf = libbpf;
        this.fs = fs;
        this.file = file;
        this.function = function;
    }

    /**
     * Attaches all programs of an object.
     *
     * @param file the object, as {@code clang -target bpf -c} makes it
     * @param function the function; a module in front of it is left out
     * @return the pins, whose removal detaches
     * @throws BpfException if it cannot be done, with what libbpf and the verifier said last; then nothing is left
     */
    static List<Path> load(Path file, String function) throws BpfException {
        byte[] elf = BpfElf.read(file);
        Libbpf libbpf = Libbpf.load();
        String name = function.substring(function.indexOf(':') + 1);
        OverrideLoader loader = new OverrideLoader(libbpf, BpfFs.ofThisHost(), file, name);
        libbpf.setPrint(loader.complaints::add);
        BpfObject object;
        try {
            object = libbpf.objectOpenMem(elf);
        } catch (LibbpfException e) {
            throw loader.failed("reading " + file, e);
        }
        try {
            return loader.load(object);
        } finally {
            libbpf.objectClose(object);
        }
    }

    private List<Path> load(BpfObject object) throws BpfException {
        List<BpfProgram> programs = programs(object);
        List<Path> pins = pins(programs);
        try {
            libbpf.objectLoad(object);
        } catch (LibbpfException e) {
            throw failed("loading " + file, e);
        }
        List<BpfLink> links = new ArrayList<>();
        try {
            for (BpfProgram program : programs) {
                links.add(attach(program));
            }
            pin(links, pins);
            links.forEach(libbpf::linkDisconnect);
            return pins;
        } finally {
            for (BpfLink link : links) {
                libbpf.linkDestroy(link);
            }
        }
    }

    private List<BpfProgram> programs(BpfObject object) throws BpfException {
        List<BpfProgram> programs = new ArrayList<>();
        Optional<BpfProgram> next = libbpf.objectNextProgram(object, null);
        boolean overrides = false;
        while (next.isPresent()) {
            BpfProgram program = next.get();
            check(program);
            overrides |= overrides(libbpf.programInsns(program));
            programs.add(program);
            next = libbpf.objectNextProgram(object, program);
        }
        if (programs.isEmpty()) {
            throw new BpfException(file + " has no BPF program in it; put one into a section: SEC(\"kprobe\")");
        }
        if (!overrides) {
            throw new BpfException(
                    "no program in " + file + " calls bpf_override_return(), so that nothing would be overridden");
        }
        return programs;
    }

    private void check(BpfProgram program) throws BpfException {
        String section = libbpf.programSectionName(program);
        boolean isKprobe = libbpf.programType(program) == Libbpf.BPF_PROG_TYPE_KPROBE
                && libbpf.programExpectedAttachType(program) == 0
                && !section.startsWith("kretprobe")
                && !section.startsWith("uretprobe")
                && !section.startsWith("uprobe");
        if (!isKprobe) {
            throw new BpfException("program " + libbpf.programName(program) + " of " + file + " is in section \""
                    + section + "\"; an override is run at a function's entry: SEC(\"kprobe\")");
        }
    }

    static boolean overrides(byte[] insns) {
        return Insn.of(insns).stream()
                .anyMatch(
                        i -> i.code() == CALL_HELPER && i.src() == 0 && i.imm() == Helper.BPF_OVERRIDE_RETURN.number());
    }

    private List<Path> pins(List<BpfProgram> programs) throws BpfException {
        Path folder = fs.folder();
        List<Path> pins = new ArrayList<>();
        for (BpfProgram program : programs) {
            String suffix = pins.isEmpty() ? "" : "__" + libbpf.programName(program);
            Path pin = folder.resolve(BpfFs.name(function + suffix));
            if (Files.exists(pin, LinkOption.NOFOLLOW_LINKS)) {
                throw new BpfException(pin + " is there already, from an engagebpf before; to replace it, first run:"
                        + " killswitch bpf remove " + pin.getFileName());
            }
            pins.add(pin);
        }
        return pins;
    }

    private BpfLink attach(BpfProgram program) throws BpfException {
        try {
            return libbpf.programAttachKprobe(program, function);
        } catch (LibbpfException e) {
            String hint = e.is(Errno.EINVAL)
                    ? "; the kernel lets " + function + " be overridden for engagebpf only, and not by hand"
                    : "";
            throw new BpfException(failed("attaching it to " + function, e).getMessage() + hint);
        }
    }

    private void pin(List<BpfLink> links, List<Path> pins) throws BpfException {
        List<Path> made = new ArrayList<>();
        try {
            for (int i = 0; i < links.size(); i++) {
                libbpf.linkPin(links.get(i), pins.get(i).toString());
                made.add(pins.get(i));
            }
        } catch (LibbpfException e) {
            for (Path pin : made) {
                remove(pin);
            }
            throw failed("pinning", e);
        }
    }

    private static void remove(Path pin) throws BpfException {
        try {
            Files.deleteIfExists(pin);
        } catch (IOException e) {
            throw new BpfException(pin + " is left behind: " + e.getMessage());
        }
    }

    private BpfException failed(String what, LibbpfException e) {
        return new BpfException(what + ": " + Native.describe(e.errno()) + VerifierLog.last(complaints));
    }
}
