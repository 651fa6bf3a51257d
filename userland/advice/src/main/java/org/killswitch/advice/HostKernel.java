// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.killswitch.host.btf.Btf;
import org.killswitch.host.btf.BtfException;
import org.killswitch.host.text.Capstone;
import org.killswitch.host.text.HostText;

/** The {@link Kernel} that runs here. */
public final class HostKernel implements Closeable {

    private static final String TYPES = "sys/kernel/btf";
    private static final String OF_KERNEL = "vmlinux";

    private final HostText text;
    private final Optional<Capstone> capstone;
    private final Kernel kernel;
    private final Path types;
    private final Map<String, Optional<Signature>> signatures = new HashMap<>();
    private final Map<String, Optional<Btf>> known = new HashMap<>();

    private HostKernel(HostText text, Path types) {
        this.text = text;
        this.types = types;
        Optional<Capstone> found = Optional.empty();
        String why = "";
        try {
            found = Optional.of(Capstone.open(text.text().machine()));
        } catch (Capstone.UnavailableException e) {
            why = String.valueOf(e.getMessage());
        }
        capstone = found;
        kernel = new Kernel(text.text(), this::signature, found.map(c -> c), why);
    }

    /**
     * Reads it, from the cache if there is one.
     *
     * @param root the host's root folder
     */
    public static HostKernel open(Path root) throws IOException {
        return new HostKernel(HostText.open(root), root.resolve(TYPES));
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
        return text.text().symbols().named(symbol.substring(colon + 1)).stream()
                .anyMatch(s -> s.isText() && (colon < 0 || s.module().equals(symbol.substring(0, colon))));
    }

    private Optional<Signature> signature(String module, String function) {
        String name = module + ":" + function;
        Optional<Signature> signature = signatures.get(name);
        if (signature == null) {
            signature = btf(module.isEmpty() ? OF_KERNEL : module).flatMap(btf -> Signature.of(btf, function));
            signatures.put(name, signature);
        }
        return signature;
    }

    private Optional<Btf> btf(String name) {
        Optional<Btf> btf = known.get(name);
        if (btf == null) {
            btf = read(name);
            known.put(name, btf);
        }
        return btf;
    }

    private Optional<Btf> read(String name) {
        Path file = types.resolve(name);
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            byte[] bytes = Files.readAllBytes(file);
            return Optional.of(
                    name.equals(OF_KERNEL)
                            ? Btf.of(bytes)
                            : Btf.of(bytes, btf(OF_KERNEL).orElseThrow()));
        } catch (IOException | BtfException e) {
            return Optional.empty(); // check says that there is no type
        }
    }

    @Override
    public void close() throws IOException {
        capstone.ifPresent(Capstone::close);
        text.close();
    }
}
