// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.killswitch.host.SystemFiles;
import org.killswitch.host.text.KernelText;
import org.killswitch.host.text.Symbol;
import org.killswitch.host.text.SymbolFilter;
import org.killswitch.host.text.Symbols;

/** The part of {@link Check} that names and types decide: no text is read, and no call graph is built. */
public final class QuickCheck {

    private static final String SYMBOLS = "/proc/kallsyms";

    private final SystemFiles files;
    private final Set<String> functions;
    private final boolean inModules;
    private final HostTypes types;
    private @Nullable Kernel kernel;

    /**
     * One for some functions; what it needs is read when somebody asks.
     *
     * @param functions without their modules
     * @param inModules whether a module was named for any of them
     */
    public QuickCheck(SystemFiles files, Set<String> functions, boolean inModules) {
        this.files = files;
        this.functions = Set.copyOf(functions);
        this.inModules = inModules;
        types = new HostTypes(files);
    }

    private Kernel kernel() {
        Kernel known = kernel;
        if (known == null) {
            known = new Kernel(KernelText.ofSymbols(readSymbols()), types, Optional.empty(), "not decoded");
            kernel = known;
        }
        return known;
    }

    /** None where they cannot be read. */
    private Symbols readSymbols() {
        SymbolFilter filter = new SymbolFilter(functions, Set.copyOf(Context.bounds()), Permission.HOOK, inModules);
        try (InputStream kallsyms = files.stream(SYMBOLS)) {
            return filter.read(kallsyms);
        } catch (IOException e) {
            return Symbols.none();
        }
    }

    private Symbols symbols() {
        return kernel().text().symbols();
    }

    /**
     * What is against a value, the worst last. There is nothing against a function that the kernel does not have, or has
     * several of: the module refuses it, or waits for it.
     */
    public List<Finding> objections(Optional<String> module, String function, long retval) throws IOException {
        List<Symbol> named = symbols().functions(function, module);
        List<Finding> findings = new ArrayList<>();
        if (named.isEmpty()) {
            if (module.isEmpty() || symbols().count() == 0) {
                copies(function, module, false).ifPresent(findings::add);
                return findings;
            }
            named = List.of(new Symbol(0, 't', function, module.get()));
        }
        if (named.stream().mapToLong(Symbol::address).distinct().count() > 1) {
            return findings; // the module refuses a name of several functions
        }
        copies(function, module, true).ifPresent(findings::add);
        Symbol symbol = named.getFirst();
        Subject subject = new Subject(kernel(), symbol, -1, kernel().signature(symbol), OptionalLong.of(retval));
        ReturnValue.of(subject).ifPresent(findings::add);
        Contract.of(subject).ifPresent(findings::add);
        Context.of(subject).ifPresent(findings::add);
        Permission.of(subject).ifPresent(findings::add);
        return findings.stream()
                .filter(f -> f.level().compareTo(Level.WARNING) >= 0)
                .sorted((a, b) -> a.level().compareTo(b.level()))
                .toList();
    }

    /** Whether the kernel or a loaded module has a function of this name. */
    public boolean has(String function, Optional<String> module) {
        return !symbols().functions(function, module).isEmpty();
    }

    /** The functions that the compiler made of a function besides it, or in its place: their names. */
    public List<String> copies(String function, Optional<String> module) {
        return symbols().copies(function, module).stream()
                .map(Symbol::name)
                .filter(n -> !n.contains(".cold"))
                .distinct()
                .toList();
    }

    private Optional<Finding> copies(String function, Optional<String> module, boolean isThere) {
        List<String> copies = copies(function, module);
        if (copies.isEmpty()) {
            return Optional.empty();
        }
        String names = String.join(", ", copies);
        return Optional.of(
                isThere
                        ? Finding.of(
                                Finding.Id.FOUND,
                                Level.WARNING,
                                "the compiler also made " + names + " of it; calls of that may not come through "
                                        + function + " (--copies engages them, too)")
                        : Finding.of(
                                Finding.Id.FOUND,
                                Level.DANGER,
                                "there is no function " + function + " here, only what the compiler made of it: "
                                        + names + " (--copies engages them)"));
    }
}
