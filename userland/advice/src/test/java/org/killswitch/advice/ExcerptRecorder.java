// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.killswitch.host.btf.Btf;
import org.killswitch.host.btf.BtfException;
import org.killswitch.host.text.CallGraph;
import org.killswitch.host.text.CoreFile;
import org.killswitch.host.text.Functions;
import org.killswitch.host.text.KernelText;
import org.killswitch.host.text.Symbol;
import org.killswitch.host.text.Symbols;

/** Writes down what an {@link Excerpt} has of a kernel: some functions, their callers, and the names that those use. */
final class ExcerptRecorder {

    /** What the findings ask for by name. */
    private static final List<String> LINKER = List.of(
            "_stext",
            "_etext",
            "__start_rodata",
            "__end_rodata",
            "_sdata",
            "_edata",
            "__sched_text_start",
            "__sched_text_end",
            "__lock_text_start",
            "__lock_text_end",
            "__noinstr_text_start",
            "__noinstr_text_end");

    private static final int CALLERS_MAX = 4;

    private final Symbols symbols;
    private final KernelText text;
    private final TreeSet<Symbol> found =
            new TreeSet<>(Comparator.comparingLong(Symbol::address).thenComparing(Symbol::name));
    private final TreeMap<Long, byte[]> bytes = new TreeMap<>(Long::compareUnsigned);
    private final Set<Integer> recorded = new TreeSet<>();

    private ExcerptRecorder(Symbols symbols, KernelText text) {
        this.symbols = symbols;
        this.text = text;
    }

    /**
     * Prints an excerpt.
     *
     * @param args a core file, a copy of /proc/kallsyms, a folder with "btf" and "btf-MODULE", and the functions
     */
    public static void main(String[] args) throws IOException, BtfException {
        Symbols symbols = Symbols.parse(Files.readAllBytes(Path.of(args[1])));
        try (CoreFile core = CoreFile.open(Path.of(args[0]))) {
            ExcerptRecorder recorder = new ExcerptRecorder(symbols, KernelText.read(core.machine(), symbols, core));
            recorder.record(List.of(args).subList(3, args.length));
            recorder.print(Path.of(args[2]));
        }
    }

    private void record(List<String> names) throws IOException {
        for (String name : LINKER) {
            symbols.linker(name).ifPresent(s -> found.add(s));
        }
        for (String name : names) {
            for (String prefix : List.of("__ksymtab_", "bpf_lsm_" + name.replaceFirst("^security_", "") + "#")) {
                symbols.named((prefix + name).replaceFirst("#.*", "")).forEach(s -> found.add(s));
            }
            for (Symbol symbol : symbols.named(name)) {
                function(text.functions().startingAt(symbol.address()));
                for (Symbol copy : symbols.beginning(name + ".")) {
                    function(text.functions().startingAt(copy.address()));
                }
            }
        }
    }

    private void function(int function) throws IOException {
        if (function < 0) {
            return;
        }
        body(function);
        for (long slot : text.graph().pointersTo(function)) {
            symbols.object(slot).ifPresent(o -> found.add(o));
            bytes.put(slot, text.memory().read(slot, 8));
        }
        List<CallGraph.Site> callers = text.graph().to(function);
        for (CallGraph.Site site : callers.subList(0, Math.min(CALLERS_MAX, callers.size()))) {
            body(site.function());
        }
    }

    private void body(int function) throws IOException {
        if (!recorded.add(function)) {
            return;
        }
        for (Functions.Piece piece : text.functions().pieces(function)) {
            bytes.put(piece.start(), text.memory().read(piece.start(), (int) (piece.end() - piece.start())));
            named(piece.start());
        }
        for (CallGraph.Callee callee : text.graph().from(function)) {
            named(text.functions().start(callee.function()));
        }
    }

    /** The symbol at an address, and the next one, which says where it ends. */
    private void named(long address) {
        boolean at = false;
        for (int i = 0; i < symbols.count(); i++) {
            Symbol symbol = symbols.get(i);
            if (symbol.address() == address) {
                found.add(symbol);
                at = true;
            } else if (at && symbol.isText() && symbol.address() > address) {
                found.add(symbol);
                return;
            }
        }
    }

    private void print(Path types) throws IOException, BtfException {
        List<String> lines = new ArrayList<>();
        lines.add("# SPDX-License-Identifier: GPL-2.0-only");
        lines.add("# Recorded by ExcerptRecorder from a stock Debian kernel.");
        lines.add("machine\t" + text.machine());
        for (Symbol s : found) {
            lines.add("symbol\t%016x\t%s\t%s".formatted(s.address(), s.type(), s.name())
                    + (s.module().isEmpty() ? "" : "\t" + s.module()));
        }
        bytes.forEach((address, code) ->
                lines.add("bytes\t%016x\t%s".formatted(address, HexFormat.of().formatHex(code))));
        Btf kernel = Btf.of(Files.readAllBytes(types.resolve("btf")));
        for (Symbol symbol : found.stream().filter(Symbol::isText).toList()) {
            String name = symbol.name().replaceFirst("\\..*", "");
            Path module = types.resolve("btf-" + symbol.module());
            Btf btf = Files.exists(module) ? Btf.of(Files.readAllBytes(module), kernel) : kernel;
            Optional<Signature> signature = Signature.of(btf, name);
            signature.ifPresent(s -> lines.add(Excerpt.line(symbol.module(), name, s)));
        }
        lines.stream().distinct().forEach(System.out::println);
    }
}
