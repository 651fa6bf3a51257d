package org.killswitch.guard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.bpf.BpfException;
import org.killswitch.host.Symbols;
import org.killswitch.host.btf.Btf;
import org.killswitch.host.btf.BtfException;
import org.killswitch.host.btf.BtfKind;
import org.killswitch.host.btf.KernelBtf;

/** The types of the kernel that runs here, as a function of it or of one of its modules sees them. */
final class RunningKernelScope {

    private static final Path CONTROL_GROUPS = Path.of("/sys/fs/cgroup");

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
        String name = home.get().replace('-', '_');
        if (name.equals("vmlinux")) {
            return types(kernel, function, kernel.find(BtfKind.FUNC, function), why(function));
        }
        Optional<Btf> both = KernelBtf.ofModule(name, kernel);
        if (both.isPresent()) {
            return types(both.get(), function, both.get().findOwn(BtfKind.FUNC, function), why(function));
        }
        String why = Files.exists(Path.of("/sys/module", name))
                ? "module " + name
                        + " has no BTF, so that its functions' arguments are not known by name; arg1 to arg6 can be"
                        + " used as plain numbers"
                : "module " + name
                        + " is not loaded, so that its functions' arguments are not known; first run: modprobe "
                        + name;
        return types(kernel, function, OptionalInt.empty(), why);
    }

    private static String why(String function) {
        return function.contains(".")
                ? "it is a variant that the compiler made of a function, which may have lost some arguments; arg1 to arg6"
                        + " are the registers as they are"
                : "the kernel's BTF does not have the function; arg1 to arg6 can be used as plain numbers";
    }

    private static GuardScope types(Btf btf, String function, OptionalInt func, String why) {
        OptionalInt prototype = func.isPresent() ? OptionalInt.of(btf.target(func.getAsInt())) : OptionalInt.empty();
        return new BtfScope(btf, function, prototype, why, new ThisHost());
    }

    private static Optional<String> moduleOf(String function) throws BpfException {
        try {
            return Symbols.moduleOf(function);
        } catch (IOException e) {
            throw new BpfException(Symbols.FILE + " cannot be read: " + e.getMessage());
        }
    }

    private static final class ThisHost implements BtfScope.Surroundings {

        private static final Pattern INODE = Pattern.compile("net:\\[(\\d{1,10})\\]");

        /** That of kthreadd, which is process 2 wherever process 1 is the machine's own, and never leaves it. */
        @Override
        public OptionalLong initialNetworkNamespace() {
            try {
                if (!Files.readString(Path.of("/proc/2/comm")).strip().equals("kthreadd")) {
                    return OptionalLong.empty();
                }
                Matcher m = INODE.matcher(
                        Files.readSymbolicLink(Path.of("/proc/2/ns/net")).toString());
                return m.matches() ? OptionalLong.of(Long.parseLong(m.group(1))) : OptionalLong.empty();
            } catch (IOException e) {
                return OptionalLong.empty();
            }
        }

        /** Its folder's inode number is the group's id. */
        @Override
        public OptionalLong controlGroup(String path) {
            try {
                Path below = Path.of(path);
                Path folder =
                        below.startsWith(CONTROL_GROUPS) ? below : CONTROL_GROUPS.resolve(path.replaceAll("^/+", ""));
                return Files.isDirectory(folder)
                        ? OptionalLong.of((Long) Files.getAttribute(folder, "unix:ino"))
                        : OptionalLong.empty();
            } catch (IOException | IllegalArgumentException | UnsupportedOperationException e) {
                return OptionalLong.empty();
            }
        }
    }
}
