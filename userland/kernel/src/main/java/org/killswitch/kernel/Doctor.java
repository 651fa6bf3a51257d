package org.killswitch.kernel;

import static org.killswitch.kernel.Finding.note;
import static org.killswitch.kernel.Finding.ok;
import static org.killswitch.kernel.Finding.problem;
import static org.killswitch.kernel.Finding.unknown;
import static org.killswitch.kernel.Finding.warning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.kernel.SystemFiles.Content;

/** Finds out whether a host meets what killswitch needs. It reads files and changes nothing. */
public final class Doctor {
    private static final String SECURITYFS = "/sys/kernel/security";
    private static final String AS_ROOT = "run this as root";

    /** Without these the module does not build, does not load, or cannot override. */
    private static final List<String> REQUIRED =
            List.of("MODULES", "KALLSYMS", "KPROBES", "FUNCTION_TRACER", "DYNAMIC_FTRACE", "SECURITY", "SECURITYFS");

    private static final List<String> FOR_GUARDS = List.of("BPF_SYSCALL", "BPF_EVENTS");
    private static final List<String> FOR_ENGAGEBPF =
            List.of("BPF_SYSCALL", "BPF_EVENTS", "FUNCTION_ERROR_INJECTION", "BPF_KPROBE_OVERRIDE");

    /** Bit 21 of a capability set: CAP_SYS_ADMIN, of linux/capability.h. */
    private static final int CAP_SYS_ADMIN = 21;

    /** The letters of /proc/sys/kernel/tainted from bit 0 on: the kernel's admin-guide/tainted-kernels. */
    private static final String TAINTS = "PFSRMBUDAWCIOELKXTNJ";

    /** A line of enabled_functions: the function, its module, and R, I, D, O ... for how its entry is used. */
    private static final Pattern ENABLED_FUNCTION =
            Pattern.compile("^(\\S+)(?: \\[(\\S+)\\])? \\(\\d+\\)\\s*([A-Z](?:\\s+[A-Z])*)?(?:\\s.*)?$");

    private final SystemFiles files;
    private final String architecture;
    private final String version;
    private final List<Path> path;
    private final String release;
    private final Optional<KernelConfig> config;

    private Doctor(Path root, String architecture, String version, List<Path> path) {
        this.files = new SystemFiles(root);
        this.architecture = architecture;
        this.version = version;
        this.path = List.copyOf(path);
        release = files.text("/proc/sys/kernel/osrelease").orElse("");
        config = KernelConfig.of(files, release);
    }

    /**
     * Examines a host.
     *
     * @param root the host's root folder
     * @param architecture what Java calls it: "amd64", "aarch64"
     * @param version that of the command, which the module's should be
     * @param path the folders in which a shell finds programs
     * @return a finding of each check, always in the same order
     */
    public static List<Finding> examine(Path root, String architecture, String version, List<Path> path) {
        return new Doctor(root, architecture, version, path).examine();
    }

    private List<Finding> examine() {
        return List.of(
                kernel(),
                configuration(),
                securityfs(),
                module(),
                headers(),
                compiler(),
                lockdown(),
                signatures(),
                secureBoot(),
                ftrace(),
                kprobes(),
                owners(),
                btf(),
                bpffs(),
                libbpf(),
                guards(),
                engagebpf(),
                audit(),
                taint(),
                privilege());
    }

    private Finding kernel() {
        String found = release + " on " + architecture;
        Matcher m = Pattern.compile("^(\\d+)\\.(\\d+)").matcher(release);
        if (!m.find()) {
            return unknown("kernel", "the kernel's release cannot be read", "mount /proc");
        }
        int major = Integer.parseInt(m.group(1));
        int minor = Integer.parseInt(m.group(2));
        if (!architecture.equals("amd64") && !architecture.equals("aarch64")) {
            return problem("kernel", found, "killswitch is for x86_64 and arm64 only");
        }
        return major > 5 || (major == 5 && minor >= 10)
                ? ok("kernel", found)
                : problem("kernel", found, "killswitch needs a kernel of 5.10 or newer: upgrade the kernel");
    }

    private Finding configuration() {
        if (config.isEmpty()) {
            return unknown(
                    "config",
                    "the kernel's configuration is nowhere to be found",
                    "look for /boot/config-" + release + " or install linux-headers-" + release);
        }
        List<String> lacking = new ArrayList<>(config.get().lacking(REQUIRED));
        if (!config.get().has("DYNAMIC_FTRACE_WITH_ARGS") && !config.get().has("DYNAMIC_FTRACE_WITH_REGS")) {
            lacking.add("DYNAMIC_FTRACE_WITH_REGS");
        }
        return lacking.isEmpty()
                ? ok("config", "everything needed is in " + config.get().file())
                : problem(
                        "config",
                        "not set in " + config.get().file() + ": " + options(lacking),
                        "boot a kernel that has them: Debian's stock kernels do");
    }

    private static String options(List<String> names) {
        return String.join(", ", names.stream().map(n -> "CONFIG_" + n).toList());
    }

    private Finding securityfs() {
        return files.isMounted("securityfs", SECURITYFS)
                ? ok("securityfs", "mounted on " + SECURITYFS)
                : problem(
                        "securityfs",
                        "not mounted on " + SECURITYFS,
                        "mount -t securityfs securityfs " + SECURITYFS + " (in a container: use the host)");
    }

    private boolean isLoaded() {
        return files.exists("/sys/module/killswitch");
    }

    /** Where modules.dep says the module is for the running kernel. */
    private Optional<String> installed() {
        return files.text("/lib/modules/" + release + "/modules.dep").stream()
                .flatMap(String::lines)
                .map(l -> l.replaceFirst(":.*", ""))
                .filter(l -> l.matches("(.*/)?killswitch\\.ko(\\.\\w+)?"))
                .findFirst();
    }

    private Finding module() {
        if (!isLoaded()) {
            return installed()
                    .map(file -> note("module", "installed (" + file + "), not loaded", "modprobe killswitch"))
                    .orElseGet(() -> warning(
                            "module",
                            "not installed for " + release,
                            "install the package killswitch-dkms, or run make and sudo make install"));
        }
        String loaded = files.text("/sys/module/killswitch/version").orElse("?");
        return loaded.equals(version)
                ? ok("module", "loaded, version " + loaded)
                : warning(
                        "module",
                        "loaded, version " + loaded + "; this command is " + version,
                        "install the same version of both; the module is replaced by a reboot, or modprobe -r, which"
                                + " ends what is engaged");
    }

    /** What is only needed to build the module is no problem where it is built already. */
    private Finding lackingForBuild(String id, String found, String fix) {
        return isLoaded() || installed().isPresent()
                ? note(id, found + "; the module is built already", fix)
                : problem(id, found, fix);
    }

    private Finding headers() {
        String build = "/lib/modules/" + release + "/build";
        return files.exists(build + "/Makefile")
                ? ok("headers", build)
                : lackingForBuild("headers", "none in " + build, "apt install linux-headers-" + release);
    }

    private Finding compiler() {
        String wanted = config.map(c -> c.options().getOrDefault("CC_VERSION_TEXT", ""))
                .map(Doctor::compilerNamed)
                .orElse("gcc");
        for (String compiler : new LinkedHashSet<>(List.of(wanted, "gcc"))) {
            Optional<Path> program = path.stream()
                    .map(folder -> folder.resolve(compiler))
                    .filter(Files::isExecutable)
                    .findFirst();
            if (program.isPresent()) {
                return compiler.equals(wanted)
                        ? ok("compiler", program.get().toString())
                        : note(
                                "compiler",
                                program.get() + "; the kernel was built with " + wanted,
                                "apt install " + wanted + " if the module does not build");
            }
        }
        return lackingForBuild("compiler", "no " + wanted + " on the PATH", "apt install " + wanted + " make");
    }

    /** As in "x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0": the kernel wants the same major version. */
    private static String compilerNamed(String text) {
        Matcher m = Pattern.compile("(gcc|clang)(?:-(\\d+))?\\b.*?(\\d+)\\.\\d+\\.\\d+")
                .matcher(text);
        return m.find() ? m.group(1) + "-" + (m.group(2) != null ? m.group(2) : m.group(3)) : "gcc";
    }

    private Optional<String> lockdownLevel() {
        return files.text(SECURITYFS + "/lockdown").flatMap(t -> {
            Matcher m = Pattern.compile("\\[(\\w+)\\]").matcher(t);
            return m.find() ? Optional.of(m.group(1)) : Optional.empty();
        });
    }

    private Finding lockdown() {
        if (files.read(SECURITYFS + "/lockdown") instanceof Content.Absent) {
            return files.isMounted("securityfs", SECURITYFS)
                    ? ok("lockdown", "not active in this kernel")
                    : unknown("lockdown", "securityfs is not mounted", "see securityfs");
        }
        return switch (lockdownLevel().orElse("")) {
            case "none" -> ok("lockdown", "none");
            case "integrity" ->
                warning(
                        "lockdown",
                        "integrity: nothing can be engaged at run time; what is engaged stays, and can be disengaged",
                        "engage when the module is loaded: options killswitch engage=... in /etc/modprobe.d");
            case "confidentiality" ->
                problem(
                        "lockdown",
                        "confidentiality: nothing can be engaged, neither at run time nor when the module is loaded",
                        "boot with a lower level (the kernel parameter lockdown=)");
            default -> unknown("lockdown", "the level cannot be read", AS_ROOT);
        };
    }

    private Finding signatures() {
        boolean forced = config.map(c -> c.has("MODULE_SIG_FORCE")).orElse(false)
                || files.text("/sys/module/module/parameters/sig_enforce")
                        .filter("Y"::equals)
                        .isPresent()
                || !Set.of("", "none").contains(lockdownLevel().orElse(""));
        if (!forced) {
            return ok("signatures", "modules without a signature can be loaded");
        }
        return isLoaded()
                ? ok("signatures", "enforced; the module is loaded")
                : warning(
                        "signatures",
                        "enforced: only modules signed with a key that the kernel knows can be loaded",
                        "enroll a key and sign the module with it: docs/install.md, Secure Boot");
    }

    private Finding secureBoot() {
        String file = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
        if (!files.exists("/sys/firmware/efi")) {
            return ok("secure-boot", "not booted by UEFI");
        }
        try {
            // four bytes of attributes, then the value (UEFI specification, "SecureBoot")
            byte[] variable = files.bytes(file);
            if (variable.length < 5) {
                return unknown("secure-boot", "its state makes no sense", "mokutil --sb-state");
            }
            if (variable[4] == 0) {
                return ok("secure-boot", "off");
            }
            return isLoaded()
                    ? ok("secure-boot", "on; the module is loaded")
                    : warning(
                            "secure-boot",
                            "on: the module has to be signed with an enrolled key",
                            "mokutil --import KEY, reboot, sign: docs/install.md, Secure Boot");
        } catch (IOException e) {
            return unknown("secure-boot", "its state cannot be read", "mokutil --sb-state");
        }
    }

    private Finding ftrace() {
        return switch (files.text("/proc/sys/kernel/ftrace_enabled").orElse("")) {
            case "1" -> ok("ftrace", "on");
            case "0" ->
                problem(
                        "ftrace",
                        "kernel.ftrace_enabled is 0: nothing can be engaged",
                        "sysctl kernel.ftrace_enabled=1");
            default -> unknown("ftrace", "kernel.ftrace_enabled cannot be read", "is this kernel built with ftrace?");
        };
    }

    private Finding kprobes() {
        return switch (files.read("/sys/kernel/debug/kprobes/enabled")) {
            case Content.Text t when t.text().strip().equals("1") -> ok("kprobes", "on");
            case Content.Text t ->
                warning(
                        "kprobes",
                        "switched off: functions without an ftrace site cannot be engaged",
                        "echo 1 > /sys/kernel/debug/kprobes/enabled");
            case Content.Absent a ->
                unknown("kprobes", "debugfs is not mounted", "mount -t debugfs debugfs /sys/kernel/debug");
            case Content.Unreadable u -> unknown("kprobes", "whether they are on is for root to see", AS_ROOT);
        };
    }

    /** What else redirects functions: those cannot be engaged. What we have engaged ourselves is not among it. */
    private Finding owners() {
        List<String> owners = new ArrayList<>();
        for (String patch : files.list("/sys/kernel/livepatch")) {
            owners.add("livepatch " + patch);
        }
        Content enabled =
                firstReadable("/sys/kernel/tracing/enabled_functions", "/sys/kernel/debug/tracing/enabled_functions");
        if (!(enabled instanceof Content.Text t)) {
            return owners.isEmpty()
                    ? unknown(
                            "owners",
                            "which functions are redirected is for root to see",
                            AS_ROOT + ", with tracefs mounted")
                    : owned(owners);
        }
        Set<String> engaged = new LinkedHashSet<>();
        files.text(SECURITYFS + "/killswitch/engaged").stream()
                .flatMap(String::lines)
                .map(l -> l.replaceFirst(" .*", "").replaceFirst("^.*:", ""))
                .forEach(engaged::add);
        for (String line : t.text().lines().toList()) {
            Matcher m = ENABLED_FUNCTION.matcher(line);
            if (m.matches()
                    && m.group(3) != null
                    && m.group(3).contains("I")
                    && !engaged.contains(m.group(1))
                    && !"killswitch".equals(m.group(2))) {
                owners.add(m.group(1) + (m.group(2) == null ? "" : " of " + m.group(2)));
            }
        }
        return owners.isEmpty() ? ok("owners", "nothing else redirects functions") : owned(owners);
    }

    private Finding owned(List<String> owners) {
        int shown = Math.min(owners.size(), 5);
        String rest = owners.size() > shown ? " and " + (owners.size() - shown) + " more" : "";
        return note(
                "owners",
                "redirected by others: " + String.join(", ", owners.subList(0, shown)) + rest,
                "these functions cannot be engaged while that lasts");
    }

    private Content firstReadable(String... candidates) {
        Content last = new Content.Absent();
        for (String file : candidates) {
            last = files.read(file);
            if (last instanceof Content.Text) {
                return last;
            }
        }
        return last;
    }

    private Finding btf() {
        return files.exists("/sys/kernel/btf/vmlinux")
                ? ok("btf", "/sys/kernel/btf/vmlinux")
                : warning("btf", "the kernel has no type information", "boot a kernel with CONFIG_DEBUG_INFO_BTF");
    }

    private Finding bpffs() {
        return files.isMounted("bpf", "/sys/fs/bpf")
                ? ok("bpffs", "mounted on /sys/fs/bpf")
                : note("bpffs", "not mounted on /sys/fs/bpf", "mount -t bpf bpf /sys/fs/bpf, to pin guards there");
    }

    private Finding libbpf() {
        for (String folder : List.of(
                "/usr/lib/x86_64-linux-gnu",
                "/usr/lib/aarch64-linux-gnu",
                "/usr/lib64",
                "/usr/lib",
                "/lib64",
                "/lib")) {
            Optional<String> library = files.list(folder).stream()
                    .filter(f -> f.matches("libbpf\\.so\\.1(\\..*)?"))
                    .reduce((shorter, longer) -> longer);
            if (library.isPresent()) {
                return ok("libbpf", folder + "/" + library.get());
            }
        }
        return note("libbpf", "not installed: no guards can be loaded", "apt install libbpf1");
    }

    private Finding guards() {
        return optional("guards", FOR_GUARDS, "boot a kernel with BPF to override by condition");
    }

    private Finding engagebpf() {
        return optional("engagebpf", FOR_ENGAGEBPF, "use guards instead: they need none of it");
    }

    private Finding optional(String id, List<String> options, String instead) {
        return config.map(c -> {
                    List<String> lacking = c.lacking(options);
                    return lacking.isEmpty()
                            ? ok(id, "the kernel has what it needs")
                            : note(id, "not possible: " + options(lacking) + " not set", instead);
                })
                .orElseGet(() -> unknown(id, "the kernel's configuration is unknown", "see config"));
    }

    private Finding audit() {
        boolean off = files.text("/proc/cmdline").orElse("").matches("(?s)(.* )?audit=(0|off)( .*)?");
        if (!files.exists("/proc/self/loginuid")) {
            return note("audit", "not in this kernel: changes are in the kernel log only", "");
        }
        return off
                ? note("audit", "switched off by audit=0: changes are in the kernel log only", "boot without audit=0")
                : ok("audit", "in this kernel: login uids are known, and changes are recorded where auditing is on");
    }

    private Finding taint() {
        Optional<String> text = files.text("/proc/sys/kernel/tainted").filter(t -> t.matches("\\d{1,18}"));
        if (text.isEmpty()) {
            return unknown("taint", "cannot be read", "mount /proc");
        }
        long bits = Long.parseLong(text.get());
        if (bits == 0) {
            return ok("taint", "not tainted");
        }
        StringBuilder letters = new StringBuilder();
        for (int bit = 0; bit < TAINTS.length(); bit++) {
            if ((bits >> bit & 1) == 1) {
                letters.append(TAINTS.charAt(bit));
            }
        }
        String ours = (bits >> TAINTS.indexOf('O') & 1) == 1 ? " (O: a module from outside the kernel's tree)" : "";
        return note("taint", bits + " = " + letters + ours, "");
    }

    private Finding privilege() {
        boolean initialNamespace = files.text("/proc/self/uid_map")
                .map(t -> t.matches("0\\s+0\\s+4294967295"))
                .orElse(true);
        Matcher m = Pattern.compile("(?m)^CapEff:\\s*([0-9a-f]{1,16})$")
                .matcher(files.text("/proc/self/status").orElse(""));
        boolean capable = m.find() && (Long.parseUnsignedLong(m.group(1), 16) >> CAP_SYS_ADMIN & 1) == 1;
        if (capable && initialNamespace) {
            return ok("privilege", "CAP_SYS_ADMIN");
        }
        return note(
                "privilege",
                initialNamespace ? "not root" : "in a user namespace, so not root to the kernel",
                "engage as root of the host");
    }
}
