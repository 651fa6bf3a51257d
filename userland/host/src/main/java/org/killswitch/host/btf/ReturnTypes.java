// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.btf;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import org.killswitch.host.ModuleName;
import org.killswitch.host.Symbols;
import org.killswitch.host.SystemFiles;

/** What the functions of this kernel return, by its own types. */
public final class ReturnTypes {

    private final SystemFiles files;

    public ReturnTypes(SystemFiles files) {
        this.files = files;
    }

    /**
     * Whether a function returns bool: then every value but 0 is true, an errno as well. A copy that the compiler made
     * (f.constprop.0) returns what the function returns.
     *
     * @param module its module, where that is said
     * @return empty where the kernel does not say
     */
    public Optional<Boolean> isBool(String function, Optional<String> module) {
        int suffix = function.indexOf('.');
        String name = suffix < 0 ? function : function.substring(0, suffix);
        try {
            Optional<Btf> kernel = KernelBtf.ofKernel(files);
            return kernel.isEmpty() ? Optional.empty() : isBool(kernel.get(), name, function, module);
        } catch (BtfException | IOException e) {
            return Optional.empty();
        }
    }

    private Optional<Boolean> isBool(Btf kernel, String name, String function, Optional<String> module)
            throws BtfException, IOException {
        OptionalInt here = module.filter(m -> !m.equals("vmlinux")).isPresent()
                ? OptionalInt.empty()
                : kernel.find(BtfKind.FUNC, name);
        if (here.isPresent()) {
            return Optional.of(returnsBool(kernel, here.getAsInt()));
        }
        Optional<String> home =
                module.isPresent() ? module : Symbols.moduleOf(files.path(Symbols.FILE.toString()), function);
        if (home.isEmpty()) {
            return Optional.empty();
        }
        Optional<Btf> both = KernelBtf.ofModule(files, ModuleName.canonical(home.get()), kernel);
        if (both.isEmpty()) {
            return Optional.empty();
        }
        OptionalInt there = both.get().findOwn(BtfKind.FUNC, name);
        return there.isPresent() ? Optional.of(returnsBool(both.get(), there.getAsInt())) : Optional.empty();
    }

    private static boolean returnsBool(Btf btf, int function) {
        int type = btf.target(btf.target(function));
        while (btf.isAlias(type)) {
            type = btf.target(type);
        }
        return btf.kind(type) == BtfKind.INT
                && (btf.name(type).equals("_Bool") || btf.name(type).equals("bool"));
    }
}
