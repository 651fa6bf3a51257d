// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.killswitch.host.SystemFiles;
import org.killswitch.host.text.Capstone;
import org.killswitch.host.text.HostText;
import org.killswitch.host.text.Symbol;

/** The {@link Kernel} that runs here. */
public final class HostKernel implements Closeable {

    private final HostText text;
    private final Optional<Capstone> capstone;
    private final Kernel kernel;

    private HostKernel(HostText text, HostTypes types) {
        this.text = text;
        Optional<Capstone> found = Optional.empty();
        String why = "";
        try {
            found = Optional.of(Capstone.open(text.text().machine()));
        } catch (Capstone.UnavailableException e) {
            why = String.valueOf(e.getMessage());
        }
        capstone = found;
        kernel = new Kernel(text.text(), types, found.map(c -> c), why);
    }

    /**
     * Reads it, from the cache if there is one.
     *
     * @param root the host's root folder
     */
    public static HostKernel open(Path root) throws IOException {
        return new HostKernel(HostText.open(root), new HostTypes(new SystemFiles(root)));
    }

    public Kernel kernel() {
        return kernel;
    }

    /**
     * Whether it has a function, loaded and of this name.
     *
     * @param symbol with its module in front, or without
     */
    public boolean has(String symbol) {
        int colon = symbol.indexOf(':');
        Optional<String> module = colon < 0 ? Optional.empty() : Optional.of(symbol.substring(0, colon));
        return !text.text()
                .symbols()
                .functions(symbol.substring(colon + 1), module)
                .isEmpty();
    }

    /** A function's name with its module in front, if it has one; what is not one function stays as it is. */
    public String qualified(String symbol) {
        int colon = symbol.indexOf(':');
        Optional<String> module = colon < 0 ? Optional.empty() : Optional.of(symbol.substring(0, colon));
        List<String> found = text.text().symbols().functions(symbol.substring(colon + 1), module).stream()
                .map(Symbol::qualified)
                .distinct()
                .toList();
        return found.size() == 1 ? found.getFirst() : symbol;
    }

    /** The lasting functions of the kernel and its modules, as {@code check} takes them. */
    public List<String> functions() {
        List<String> found = new ArrayList<>();
        for (int f = 0; f < kernel.functions().count(); f++) {
            if (kernel.functions().isLasting(f)) {
                found.add(kernel.functions().symbol(f).qualified());
            }
        }
        return found;
    }

    @Override
    public void close() throws IOException {
        capstone.ifPresent(Capstone::close);
        text.close();
    }
}
