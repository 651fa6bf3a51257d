package org.killswitch.bpf;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The types of the kernel that runs here, as a function of it or of one of its modules sees them. */
final class KernelTypes {

    private static final Path BTF = Path.of("/sys/kernel/btf");
    private static final Path SYMBOLS = Path.of("/proc/kallsyms");
    private static final Path CONTROL_GROUPS = Path.of("/sys/fs/cgroup");

    private final Libbpf libbpf;

    private KernelTypes(Libbpf libbpf) {
        this.libbpf = libbpf;
    }

    /**
     * The types for one function.
     *
     * @param module its module, where that was said
     */
    static Types of(String function, Optional<String> module) throws BpfException {
        return new KernelTypes(Libbpf.load()).types(function, module);
    }

    private Types types(String function, Optional<String> module) throws BpfException {
        if (!Files.exists(BTF.resolve("vmlinux"))) {
            throw new BpfException("this kernel has no BTF (" + BTF.resolve("vmlinux")
                    + "), which guards take types and offsets from; it has to be built with CONFIG_DEBUG_INFO_BTF");
        }
        Libbpf.BtfHandle vmlinux = libbpf.btfLoadVmlinuxBtf();
        try {
            Btf kernel = Btf.of(libbpf.btfRawData(vmlinux));
            OptionalInt here = module.isPresent() ? OptionalInt.empty() : kernel.find(Btf.KIND_FUNC, function);
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
                return types(kernel, function, kernel.find(Btf.KIND_FUNC, function), why(function));
            }
            if (!Files.exists(BTF.resolve(name))) {
                String why = Files.exists(Path.of("/sys/module", name))
                        ? "module " + name
                                + " has no BTF, so that its functions' arguments are not known by name; arg1 to"
                                + " arg6 can be used as plain numbers"
                        : "module " + name
                                + " is not loaded, so that its functions' arguments are not known; first run:"
                                + " modprobe " + name;
                return types(kernel, function, OptionalInt.empty(), why);
            }
            Libbpf.BtfHandle own = libbpf.btfLoadModuleBtf(name, vmlinux);
            try {
                Btf both = Btf.of(libbpf.btfRawData(own), kernel);
                return types(both, function, both.findOwn(Btf.KIND_FUNC, function), why(function));
            } finally {
                libbpf.btfFree(own);
            }
        } finally {
            libbpf.btfFree(vmlinux);
        }
    }

    private static String why(String function) {
        return function.contains(".")
                ? "it is a variant that the compiler made of a function, which may have lost some arguments; arg1 to arg6"
                        + " are the registers as they are"
                : "the kernel's BTF does not have the function; arg1 to arg6 can be used as plain numbers";
    }

    private static Types types(Btf btf, String function, OptionalInt func, String why) {
        OptionalInt prototype = func.isPresent() ? OptionalInt.of(btf.target(func.getAsInt())) : OptionalInt.empty();
        return new BtfTypes(btf, function, prototype, why, new ThisHost());
    }

    /** The module that a function is in, by the kernel's list of symbols. */
    private static Optional<String> moduleOf(String function) throws BpfException {
        Pattern line = Pattern.compile("[0-9a-f]+ [tTwW] " + Pattern.quote(function) + "\\t\\[(?<module>\\S+)\\]");
        String part = " " + function + "\t[";
        try (BufferedReader symbols = Files.newBufferedReader(SYMBOLS, StandardCharsets.ISO_8859_1)) {
            String text = symbols.readLine();
            while (text != null) {
                if (text.contains(part)) {
                    Matcher m = line.matcher(text);
                    if (m.matches()) {
                        return Optional.of(m.group("module"));
                    }
                }
                text = symbols.readLine();
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new BpfException(SYMBOLS + " cannot be read: " + e.getMessage());
        }
    }

    private static final class ThisHost implements BtfTypes.Surroundings {

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
