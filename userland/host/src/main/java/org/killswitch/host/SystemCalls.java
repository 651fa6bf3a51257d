// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.killswitch.control.SymbolName;
import org.killswitch.posix.Architecture;

/** System calls by their names: what they take, and the functions of the kernel by which they are entered. */
public final class SystemCalls {

    private static final Map<String, List<Parameter>> TABLE = read();

    private static final Pattern ENTRY = Pattern.compile("__(?<how>x64|ia32|arm64|riscv)_sys_(?<name>\\w+)");
    private static final List<String> HOW = List.of("ia32", "arm64", "riscv", "x64");

    /** For a guard, which is not known on riscv64. */
    private static final Map<String, Registers> REGISTERS =
            Map.of("x64", Registers.X86_64, "ia32", Registers.IA32, "arm64", Registers.ARM64);

    private static final String PREFIX = "sys_";
    private static final String ARM64 = "arm64:";

    /** What 32-bit programs of x86 can also have by socketcall(2), and by ipc(2). */
    private static final Set<String> BY_SOCKETCALL = Set.of(
            "socket",
            "bind",
            "connect",
            "listen",
            "accept",
            "accept4",
            "getsockname",
            "getpeername",
            "socketpair",
            "send",
            "sendto",
            "recv",
            "recvfrom",
            "shutdown",
            "setsockopt",
            "getsockopt",
            "sendmsg",
            "sendmmsg",
            "recvmsg",
            "recvmmsg");

    private static final Set<String> BY_IPC = Set.of(
            "semget",
            "semop",
            "semtimedop",
            "semctl",
            "msgget",
            "msgsnd",
            "msgrcv",
            "msgctl",
            "shmget",
            "shmat",
            "shmdt",
            "shmctl");

    /** The functions by which io_uring does the same; those that are called otherwise than io_NAME. */
    private static final Map<String, String> BY_IO_URING = Map.of(
            "accept4", "io_accept",
            "sendto", "io_send",
            "recvfrom", "io_recv",
            "fsync", "io_fsync",
            "fadvise64", "io_fadvise",
            "epoll_ctl", "io_epoll_ctl",
            "sync_file_range", "io_sync_file_range",
            "unlinkat", "io_unlinkat",
            "ftruncate", "io_ftruncate");

    private SystemCalls() {}

    /** Whose registers an entry gets. */
    public enum Registers {
        X86_64,
        /** Those of a 32-bit program on x86. */
        IA32,
        ARM64
    }

    /**
     * What a system call takes.
     *
     * @param type as in C
     */
    public record Parameter(String type, String name) {}

    /** A function that gets the registers of whoever makes the call. */
    public record Entry(Registers registers, List<Parameter> parameters) {}

    /** What is known of a function that is the entry of a system call; empty where it is none, or the system call is not known. */
    public static Optional<Entry> entry(String function) {
        Matcher m = ENTRY.matcher(function);
        if (!m.matches()) {
            return Optional.empty();
        }
        @Nullable Registers registers = REGISTERS.get(m.group("how"));
        if (registers == null) {
            return Optional.empty();
        }
        String name = m.group("name");
        @Nullable
        List<Parameter> parameters =
                registers == Registers.ARM64 ? TABLE.getOrDefault(ARM64 + name, TABLE.get(name)) : TABLE.get(name);
        return parameters == null ? Optional.empty() : Optional.of(new Entry(registers, parameters));
    }

    /**
     * By which functions a system call is entered.
     *
     * @param engaged those that are closed together: all of them take the same arguments
     * @param open what else leads to the same, each in a few words with the function's name
     */
    public record Doors(List<String> engaged, List<String> open) {

        /** The functions to engage. */
        public List<SymbolName> functions() {
            return engaged.stream().map(SymbolName::new).toList();
        }
    }

    /**
     * The doors of a system call, by its name, with sys_ before it or not, or by one of its entries; empty where it is
     * none, is named with a module, or something else in the kernel has that name.
     *
     * @param byArguments whether arguments matter, so that entries with other ones do not count as the same
     */
    public static Optional<Doors> doors(SymbolName symbol, boolean byArguments, Architecture architecture)
            throws IOException {
        return doors(symbol, byArguments, architecture, Symbols::present);
    }

    /** Which of some functions the kernel has. */
    public interface Kernel {
        Set<String> present(Set<String> functions) throws IOException;
    }

    /** The same for a kernel that is asked in another way. */
    public static Optional<Doors> doors(
            SymbolName symbol, boolean byArguments, Architecture architecture, Kernel kernel) throws IOException {
        return symbol.module().isPresent()
                ? Optional.empty()
                : doors(symbol.function(), byArguments, architecture, kernel);
    }

    static Optional<Doors> doors(String symbol, boolean byArguments, Architecture architecture, Kernel kernel)
            throws IOException {
        Matcher m = ENTRY.matcher(symbol);
        boolean entry = m.matches();
        String name = entry ? m.group("name") : symbol.startsWith(PREFIX) ? symbol.substring(PREFIX.length()) : symbol;
        if (!TABLE.containsKey(name)) {
            return Optional.empty();
        }
        Set<String> present = kernel.present(candidates(symbol, name));
        String main = "__" + native64(architecture) + "_sys_" + name;
        if (!entry && (present.contains(symbol) || !present.contains(main))) {
            return Optional.empty();
        }
        return Optional.of(doors(entry ? symbol : main, !entry, name, byArguments, present));
    }

    /** What the entries for an architecture's own programs have in their names. */
    private static String native64(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> "x64";
            case ARM64 -> "arm64";
            case RISCV64 -> "riscv";
        };
    }

    private static Doors doors(String first, boolean all, String name, boolean byArguments, Set<String> present) {
        Set<String> engaged = new LinkedHashSet<>(List.of(first));
        List<String> open = new ArrayList<>();
        boolean compat = false;
        for (String how : HOW) {
            String function = "__" + how + "_compat_sys_" + name;
            if (present.contains(function)) {
                compat |= !how.equals("x64");
                if (all && !byArguments) {
                    engaged.add(function);
                } else {
                    open.add("32-bit programs (" + function + ", whose arguments differ)");
                }
            }
        }
        for (String how : HOW.reversed()) {
            String function = "__" + how + "_sys_" + name;
            boolean ia32 = how.equals("ia32");
            // Where there is an entry of its own for them, nothing leads to the other one.
            if (present.contains(function) && !(compat && ia32)) {
                if (all) {
                    engaged.add(function);
                } else if (!engaged.contains(function)) {
                    open.add((ia32 ? "32-bit programs (" : "64-bit programs (") + function + ")");
                }
            }
        }
        multiplexer(BY_SOCKETCALL, "socketcall", name, present, open);
        multiplexer(BY_IPC, "ipc", name, present, open);
        String ring = BY_IO_URING.getOrDefault(name, "io_" + name);
        if (present.contains(ring)) {
            open.add("io_uring (" + ring + ")");
        }
        return new Doors(List.copyOf(engaged), open);
    }

    private static void multiplexer(Set<String> names, String by, String name, Set<String> present, List<String> open) {
        for (String entry : List.of("__ia32_compat_sys_" + by, "__ia32_sys_" + by)) {
            if (names.contains(name) && present.contains(entry)) {
                open.add("32-bit programs through " + by + "() (" + entry + ")");
                return;
            }
        }
    }

    private static Set<String> candidates(String symbol, String name) {
        Set<String> names = new LinkedHashSet<>(List.of(symbol, BY_IO_URING.getOrDefault(name, "io_" + name)));
        for (String how : HOW) {
            names.add("__" + how + "_sys_" + name);
            names.add("__" + how + "_compat_sys_" + name);
        }
        for (String by : List.of("socketcall", "ipc")) {
            names.add("__ia32_sys_" + by);
            names.add("__ia32_compat_sys_" + by);
        }
        return names;
    }

    private static Map<String, List<Parameter>> read() {
        Map<String, List<Parameter>> table = new LinkedHashMap<>();
        try (InputStream in = SystemCalls.class.getResourceAsStream("systemcalls");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            String line = lines.readLine();
            while (line != null) {
                int open = line.indexOf('(');
                if (open > 0 && !line.startsWith("#")) {
                    table.put(line.substring(0, open), parameters(line.substring(open + 1, line.length() - 1)));
                }
                line = lines.readLine();
            }
            return table;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Parameter> parameters(String text) {
        List<Parameter> parameters = new ArrayList<>();
        for (String one : text.isEmpty() ? new String[0] : text.split(", ", -1)) {
            int name = Math.max(one.lastIndexOf(' '), one.lastIndexOf('*')) + 1;
            parameters.add(new Parameter(one.substring(0, name).strip(), one.substring(name)));
        }
        return parameters;
    }
}
