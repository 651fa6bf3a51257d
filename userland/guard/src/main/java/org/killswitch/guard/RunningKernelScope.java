// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.killswitch.bpf.BpfException;
import org.killswitch.host.ModuleName;
import org.killswitch.host.Symbols;
import org.killswitch.host.btf.Btf;
import org.killswitch.host.btf.BtfException;
import org.killswitch.host.btf.BtfKind;
import org.killswitch.host.btf.KernelBtf;
import org.killswitch.host.btf.ModuleFile;

/** The types of the kernel that runs here, as a function of it or of one of its modules sees them. */
final class RunningKernelScope {

    private RunningKernelScope() {}

    /**
     * The types for one function.
     *
     * @param module its module, where that was said
     */
    static GuardScope of(String function, Optional<String> module) throws BpfException {
        try {
            return types(function, module);
        } catch (BtfException e) {
            throw new BpfException(String.valueOf(e.getMessage()));
        }
    }

    private static GuardScope types(String function, Optional<String> module) throws BpfException, BtfException {
        Btf kernel = KernelBtf.ofKernel()
                .orElseThrow(() -> new BpfException("this kernel has no BTF (" + KernelBtf.FILE
                        + "), which guards take types and offsets from; it has to be built with"
                        + " CONFIG_DEBUG_INFO_BTF"));
        OptionalInt here = module.isPresent() ? OptionalInt.empty() : kernel.find(BtfKind.FUNC, function);
        if (here.isPresent()) {
            return types(kernel, function, here, "");
        }
        Optional<String> home = module.isPresent() ? module : moduleOf(function);
        if (home.isEmpty()) {
            return types(kernel, function, here, why(function));
        }
        // A module's name may have a dash where its own files have an underscore.
        String name = ModuleName.canonical(home.get());
        if (name.equals("vmlinux")) {
            return types(kernel, function, kernel.find(BtfKind.FUNC, function), why(function));
        }
        Optional<Btf> both = KernelBtf.ofModule(name, kernel);
        if (both.isPresent()) {
            return types(both.get(), function, both.get().findOwn(BtfKind.FUNC, function), why(function));
        }
        return types(kernel, function, OptionalInt.empty(), whyNoTypes(name));
    }

    private static String whyNoTypes(String module) {
        String result =
                "; its functions' arguments are known as arg1 to arg6 only, which are plain numbers unless cast";
        if (Files.exists(Path.of("/sys/module", module))) {
            return "module " + module + " has no BTF" + result;
        }
        return ModuleFile.find(module).isPresent()
                ? "the file of module " + module + " has no BTF that fits this kernel" + result
                : "there is no module " + module + " for this kernel" + result;
    }

    private static String why(String function) {
        return function.contains(".")
                ? "it is a variant that the compiler made of a function, which may have lost some arguments; arg1 to arg6"
                        + " are the registers as they are"
                : "the kernel's BTF does not have the function; arg1 to arg6 can be used as plain numbers";
    }

    private static GuardScope types(Btf btf, String function, OptionalInt func, String why) {
        OptionalInt prototype = func.isPresent() ? OptionalInt.of(btf.target(func.getAsInt())) : OptionalInt.empty();
        return new BtfScope(btf, function, prototype, why, SystemCall.arguments(function), new ThisHost());
    }

    private static Optional<String> moduleOf(String function) throws BpfException {
        try {
            return Symbols.moduleOf(function);
        } catch (IOException e) {
            throw new BpfException(Symbols.FILE + " cannot be read: " + e.getMessage());
        }
    }
}
