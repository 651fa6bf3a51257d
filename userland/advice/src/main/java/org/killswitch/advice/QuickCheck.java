// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.killswitch.host.SystemFiles;
import org.killswitch.host.btf.Btf;
import org.killswitch.host.btf.BtfException;
import org.killswitch.host.btf.KernelBtf;
import org.killswitch.host.text.KernelText;
import org.killswitch.host.text.Machine;
import org.killswitch.host.text.Symbol;
import org.killswitch.host.text.Symbols;

/** The part of {@link Check} that names and types decide: no text is read, and no call graph is built. */
public final class QuickCheck {

    private static final String SYMBOLS = "/proc/kallsyms";
    private static final int ADDRESS = 16;
    private static final int NAME_AT = ADDRESS + 3;

    private final SystemFiles files;
    private final Symbols symbols;
    private final boolean sawSymbols;

    private QuickCheck(SystemFiles files, Symbols symbols, boolean sawSymbols) {
        this.files = files;
        this.symbols = symbols;
        this.sawSymbols = sawSymbols;
    }

    /**
     * Reads what is needed of the kernel's symbols.
     *
     * @param functions those that will be asked about, without their modules
     */
    public static QuickCheck of(SystemFiles files, Set<String> functions) {
        try {
            byte[] wanted = wanted(files.bytes(SYMBOLS), functions);
            return new QuickCheck(files, Symbols.parse(wanted), true);
        } catch (IOException e) {
            return new QuickCheck(files, Symbols.none(), false);
        }
    }

    /**
     * What is against a value, the worst last. There is nothing against a function that the kernel does not have, or has
     * several of: the module refuses it, or waits for it.
     */
    public List<Finding> objections(Optional<String> module, String function, long retval) throws IOException {
        List<Symbol> named = named(function, module);
        List<Finding> findings = new ArrayList<>();
        if (named.isEmpty()) {
            if (module.isEmpty() || !sawSymbols) {
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
        Kernel kernel = new Kernel(
                KernelText.ofSymbols(Machine.X86_64, symbols), this::signature, Optional.empty(), "not decoded");
        Subject subject = new Subject(kernel, symbol, -1, kernel.signature(symbol), OptionalLong.of(retval));
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
        return !named(function, module).isEmpty();
    }

    private List<Symbol> named(String function, Optional<String> module) {
        return symbols.named(function).stream()
                .filter(s -> s.isText() && module.map(m -> m.equals(s.module())).orElse(true))
                .toList();
    }

    /** The functions that the compiler made of a function besides it, or in its place: their names. */
    public List<String> copies(String function, Optional<String> module) {
        return symbols.beginning(function + ".").stream()
                .filter(s -> s.isText() && module.map(m -> m.equals(s.module())).orElse(true))
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

    private Optional<Signature> signature(String module, String function) {
        try {
            Optional<Btf> kernel = KernelBtf.ofKernel(files);
            if (kernel.isEmpty()) {
                return Optional.empty();
            }
            Optional<Btf> types = module.isEmpty() || module.equals("vmlinux")
                    ? kernel
                    : KernelBtf.ofModule(files, module.replace('-', '_').toLowerCase(Locale.ROOT), kernel.get());
            return types.flatMap(t -> Signature.of(t, function));
        } catch (BtfException e) {
            return Optional.empty(); // what cannot be read has no type
        }
    }

    /**
     * The lines of /proc/kallsyms that matter: the functions with their copies, the sections' bounds, and the hooks of the
     * security modules. Where addresses are hidden, the order of the lines, which is theirs, takes their place.
     */
    private static byte[] wanted(byte[] text, Set<String> functions) {
        Set<String> names = new HashSet<>(functions);
        names.addAll(Context.bounds());
        ByteArrayOutputStream kept = new ByteArrayOutputStream(1 << 16);
        int number = 0;
        int at = 0;
        while (at < text.length) {
            int end = at;
            while (end < text.length && text[end] != '\n') {
                end++;
            }
            number++;
            if (end - at > NAME_AT && isWanted(text, at + NAME_AT, end, names)) {
                if (isHidden(text, at)) {
                    kept.writeBytes(
                            String.format(Locale.ROOT, "ffffffff%08x", number).getBytes(StandardCharsets.US_ASCII));
                } else {
                    kept.write(text, at, ADDRESS);
                }
                kept.write(text, at + ADDRESS, end - at - ADDRESS);
                kept.write('\n');
            }
            at = end + 1;
        }
        return kept.toByteArray();
    }

    private static boolean isHidden(byte[] text, int at) {
        for (int i = at; i < at + ADDRESS; i++) {
            if (text[i] != '0') {
                return false;
            }
        }
        return true;
    }

    private static boolean isWanted(byte[] text, int from, int end, Set<String> names) {
        int stop = from;
        while (stop < end && text[stop] != '\t' && text[stop] != '.') {
            stop++;
        }
        if (starts(text, from, stop, Permission.HOOK_BYTES)) {
            return true;
        }
        String plain = new String(text, from, stop - from, StandardCharsets.ISO_8859_1);
        if (names.contains(plain)) {
            return true;
        }
        if (stop == end || text[stop] == '\t') {
            return false;
        }
        while (stop < end && text[stop] != '\t') {
            stop++;
        }
        return names.contains(new String(text, from, stop - from, StandardCharsets.ISO_8859_1));
    }

    private static boolean starts(byte[] text, int from, int end, byte[] prefix) {
        if (end - from < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (text[from + i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
