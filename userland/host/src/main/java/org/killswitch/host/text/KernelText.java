// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The text of a kernel with its modules.
 *
 * @param graph what names what, of all of it
 */
public record KernelText(Machine machine, Symbols symbols, Functions functions, Memory memory, CallGraph graph) {

    /** The kernel's own sections of data that can hold pointers, by the symbols that the linker sets around them. */
    private static final List<List<String>> DATA = List.of(
            List.of("__start_rodata", "__end_rodata"),
            List.of("_sdata", "_edata"),
            List.of("__bss_start", "__bss_stop"));

    private static final long PAGE = 4096;

    /** Reads all text and data, and builds the call graph. */
    public static KernelText read(Machine machine, Symbols symbols, Memory memory) throws IOException {
        Functions functions = new Functions(symbols);
        CallGraph graph = new GraphBuilder(functions, memory, machine).build(dataRanges(symbols));
        return new KernelText(machine, symbols, functions, memory, graph);
    }

    /** What the symbols alone tell: no memory can be read, so that the machine does not matter, and no graph is there. */
    public static KernelText ofSymbols(Symbols symbols) {
        CallGraph graph = new CallGraph(0, new long[0], new int[0], new int[0], new byte[0], new long[0], new int[0]);
        Memory none = (address, length) -> {
            throw new IOException("the kernel's memory was not opened");
        };
        return new KernelText(Machine.X86_64, symbols, new Functions(symbols), none, graph);
    }

    /** Whether the symbols tell where data is: those of a kernel without CONFIG_KALLSYMS_ALL are functions only. */
    public boolean showsData() {
        return !sections(symbols).isEmpty();
    }

    private static List<Functions.Range> dataRanges(Symbols symbols) {
        List<Functions.Range> ranges = sections(symbols);
        addModules(symbols, ranges);
        return ranges;
    }

    private static List<Functions.Range> sections(Symbols symbols) {
        List<Functions.Range> ranges = new ArrayList<>();
        for (List<String> section : DATA) {
            Optional<Symbol> start = symbols.linker(section.getFirst());
            Optional<Symbol> end = symbols.linker(section.getLast());
            if (start.isPresent() && end.isPresent()) {
                ranges.add(new Functions.Range(start.get().address(), end.get().address()));
            }
        }
        return ranges;
    }

    /** A module's data is where its data symbols are; the pages in between may belong to others. */
    private static void addModules(Symbols symbols, List<Functions.Range> ranges) {
        long start = 0;
        long end = 0;
        for (int i = 0; i < symbols.count(); i++) {
            if (symbols.moduleOf[i] == 0 || symbols.isText(i)) {
                continue;
            }
            long page = symbols.addresses[i] & -PAGE;
            if (end != 0 && page <= end) {
                end = Math.max(end, page + PAGE);
            } else {
                if (end != 0) {
                    ranges.add(new Functions.Range(start, end));
                }
                start = page;
                end = page + PAGE;
            }
        }
        if (end != 0) {
            ranges.add(new Functions.Range(start, end));
        }
    }
}
