// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.killswitch.host.text.CallGraph;
import org.killswitch.host.text.Functions;
import org.killswitch.host.text.Machine;
import org.killswitch.host.text.Symbol;

/** Whether a name is a function that can be engaged, and whether engaging it catches all of its calls. */
final class Found {

    private static final Finding.Id ID = Finding.Id.FOUND;
    private static final int LISTED_MAX = 12;

    /**
     * nop dword ptr [rax + rax], the nop with four prefixes that kernels before 5.13 take on some processors, and the call
     * that a tracer puts in its place.
     */
    private static final List<byte[]> X86_SITES =
            List.of(new byte[] {0x0f, 0x1f, 0x44, 0, 0}, new byte[] {0x66, 0x66, 0x66, 0x66, (byte) 0x90}, new byte[] {
                (byte) 0xe8
            });

    /** The site is the first instruction, or follows the mark of a target of indirect calls, which may be a nop. */
    private static final int X86_MARK = 4;

    private static final byte[] ARM64_NOP = {0x1f, 0x20, 0x03, (byte) 0xd5};
    private static final byte[] ARM64_MOV_X9_LR = {(byte) 0xe9, 0x03, 0x1e, (byte) 0xaa};

    private Found() {}

    /**
     * What a name means.
     *
     * @param function the function's number; negative if there is none, or no single one
     */
    record Answer(int function, List<Finding> findings) {}

    static Answer of(Kernel kernel, String symbol) throws IOException {
        int colon = symbol.indexOf(':');
        String name = symbol.substring(colon + 1);
        Optional<String> module = colon < 0 ? Optional.empty() : Optional.of(symbol.substring(0, colon));
        List<Symbol> named = kernel.text().symbols().functions(name, module);
        long addresses = named.stream().map(Symbol::address).distinct().count();
        if (addresses == 0) {
            return new Answer(-1, List.of(absent(kernel, name, module)));
        }
        if (addresses > 1) {
            return new Answer(-1, List.of(ambiguous(name, named)));
        }
        int function = kernel.functions().startingAt(named.getFirst().address());
        if (function < 0) {
            return new Answer(
                    -1, List.of(Finding.of(ID, Level.NEVER, name + " is a part of a function, not a function")));
        }
        if (!kernel.functions().isLasting(function)) {
            return new Answer(
                    -1,
                    List.of(Finding.of(
                            ID, Level.NEVER, name + " is init code: it is gone once the kernel has booted")));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(site(kernel, named.getFirst(), function));
        findings.addAll(copies(kernel, named.getFirst(), function));
        return new Answer(function, findings);
    }

    private static Finding absent(Kernel kernel, String name, Optional<String> module) {
        List<String> copies = kernel.text().symbols().copies(name, module).stream()
                .filter(s -> kernel.functions().startingAt(s.address()) >= 0)
                .map(Symbol::qualified)
                .toList();
        if (!copies.isEmpty()) {
            return new Finding(
                    ID,
                    Level.DANGER,
                    "there is no function " + name + " here, only copies that the compiler changed: engage "
                            + String.join(", ", copies),
                    copies);
        }
        return Finding.of(
                ID,
                Level.DANGER,
                "there is no function " + name + " in the kernel or in a loaded module: it is of another kernel, of a"
                        + " module that is not loaded (name it, MODULE:" + name + "), or inlined into its callers");
    }

    private static Finding ambiguous(String name, List<Symbol> named) {
        List<String> places = named.stream()
                .map(s -> s.qualified() + " at 0x" + Long.toHexString(s.address()))
                .toList();
        return new Finding(
                ID,
                Level.DANGER,
                named.size() + " functions have the name " + name + "; engage refuses it unless the module tells them"
                        + " apart",
                places);
    }

    /** How the override would get into the function: by the instruction that tracers use. */
    private static Finding site(Kernel kernel, Symbol symbol, int function) throws IOException {
        Functions.Piece piece = kernel.functions().pieces(function).getFirst();
        byte[] start = kernel.text().memory().read(piece.start(), (int) Math.min(16, piece.end() - piece.start()));
        String where = symbol.qualified() + " at 0x" + Long.toHexString(symbol.address());
        if (hasSite(kernel.text().machine(), start)) {
            return Finding.of(ID, Level.OK, symbol.name() + " is one function, and ftrace reaches it", where);
        }
        return kernel.text().machine() == Machine.ARM64
                ? Finding.of(ID, Level.NEVER, symbol.name() + " has no ftrace site: it cannot be engaged", where)
                : Finding.of(
                        ID,
                        Level.WARNING,
                        symbol.name() + " has no ftrace site: only a kprobe may reach it, which is skipped while"
                                + " another kprobe runs",
                        where);
    }

    private static boolean hasSite(Machine machine, byte[] start) {
        if (machine == Machine.ARM64) {
            int at = isAt(start, 0, ARM64_MOV_X9_LR) || isAt(start, 0, ARM64_NOP) ? 4 : 8;
            return isAt(start, at, ARM64_NOP) || isAt(start, 4, ARM64_NOP);
        }
        return X86_SITES.stream().anyMatch(s -> isAt(start, 0, s) || isAt(start, X86_MARK, s));
    }

    private static boolean isAt(byte[] code, int at, byte[] wanted) {
        return at + wanted.length <= code.length
                && Arrays.equals(code, at, at + wanted.length, wanted, 0, wanted.length);
    }

    /** Copies beside the function: who calls those does not come through the function. */
    private static List<Finding> copies(Kernel kernel, Symbol symbol, int function) throws IOException {
        List<Finding> findings = new ArrayList<>();
        for (Symbol copy : kernel.text().symbols().beginning(symbol.name() + ".")) {
            int other = kernel.functions().startingAt(copy.address());
            if (other < 0 || !copy.isText() || !copy.module().equals(symbol.module())) {
                continue;
            }
            List<String> past = new ArrayList<>();
            for (CallGraph.Site site : kernel.text().graph().to(other)) {
                if (site.function() != function && site.function() != other) {
                    past.add(kernel.place(site.function(), site.address()));
                }
            }
            findings.add(
                    past.isEmpty()
                            ? Finding.of(ID, Level.OK, copy.name() + " is called by " + symbol.name() + " only")
                            : new Finding(
                                    ID,
                                    Level.DANGER,
                                    past.size() + " places call " + copy.name() + " without " + symbol.name()
                                            + ", of which they have a part inlined: engage both",
                                    past.subList(0, Math.min(past.size(), LISTED_MAX))));
        }
        return findings;
    }
}
