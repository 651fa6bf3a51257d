// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.killswitch.systemtest.Scripts.require;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;

/**
 * A kernel's functions, and what the lists in kernel/ say of them.
 *
 * @param text names of functions of the kernel image by address
 * @param verdicts what the lists say of each: see selftests/refusals.c
 * @param program that program, as it is for this kernel
 * @param called what killswitch.ko asks the kernel for
 * @param hooks the names of the hooks of security modules
 * @param types what functions return
 */
record JudgedKernel(
        NavigableMap<Long, Set<String>> text,
        Map<String, Set<String>> verdicts,
        Path program,
        Set<String> called,
        Set<String> hooks,
        ReturnTypes types) {

    private static final Map<String, JudgedKernel> KERNELS = new ConcurrentHashMap<>();

    boolean is(String name, String verdict) {
        return verdicts.getOrDefault(name, Set.of()).contains(verdict);
    }

    List<String> names(Predicate<String> wanted) {
        return verdicts.keySet().stream().filter(wanted).toList();
    }

    /** The one of that series; it is booted when first asked for. */
    static JudgedKernel of(String series) {
        return KERNELS.computeIfAbsent(series, s -> {
            Kernel kernel = Project.kernel(s);
            try (Guest guest = Project.LAB.boot(kernel, GuestSpec.standard())) {
                NavigableMap<Long, Set<String>> text = text(require(guest, "cat /proc/kallsyms"));
                ReturnTypes types = new ReturnTypes(
                        Base64.getMimeDecoder().decode(require(guest, "base64 /sys/kernel/btf/vmlinux")));
                Path program = program(kernel);
                List<String> names = text.values().stream().flatMap(Set::stream).toList();
                return new JudgedKernel(text, ask(program, names), program, called(kernel), hooks(kernel), types);
            }
        });
    }

    private static NavigableMap<Long, Set<String>> text(String kallsyms) {
        NavigableMap<Long, Set<String>> text = new TreeMap<>();
        long end = Long.MAX_VALUE;
        for (String line : kallsyms.lines().toList()) {
            String[] words = line.split("[ \t]+", -1);
            if (words.length == 3 && words[1].matches("[tTwW]")) {
                long address = Long.parseUnsignedLong(words[0], 16);
                text.computeIfAbsent(address, a -> new TreeSet<>()).add(words[2]);
                if (words[2].equals("_etext")) {
                    end = address;
                }
            }
        }
        text.tailMap(end, true).clear(); // newer kernels call data text, too
        text.values()
                .forEach(
                        names -> names.removeIf(n -> n.matches("(__pfx_|__cfi_|_R).*|.*\\.cold.*|_s?text|__pi__text")));
        text.values().removeIf(Set::isEmpty);
        return text;
    }

    /** The program that asks the lists, as they are for a kernel. */
    private static Path program(Kernel kernel) {
        Path selftests = Project.ROOT.resolve("selftests");
        Path program = Project.ROOT.resolve("userland/systemtest/target/refusals-" + kernel.version());
        Project.run(List.of(
                "gcc",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-O1",
                "-I" + selftests.resolve("host"),
                "-I" + Project.ROOT.resolve("kernel"),
                "-include",
                kernel.headers().resolve("include/generated/autoconf.h").toString(),
                "-idirafter",
                Project.sharedHeaders(kernel).resolve("include").toString(),
                "-o",
                program.toString(),
                selftests.resolve("refusals.c").toString()));
        return program;
    }

    /** What the lists say of any functions. */
    Map<String, Set<String>> ask(Collection<String> names) {
        return ask(program, List.copyOf(names));
    }

    private static Map<String, Set<String>> ask(Path program, List<String> names) {
        try {
            Path file = Files.createTempFile("names", ".txt");
            Files.write(file, names);
            String answers = Project.run(List.of("sh", "-c", program + " < " + file));
            Files.delete(file);
            Map<String, Set<String>> verdicts = new LinkedHashMap<>();
            answers.lines()
                    .map(l -> l.split(" ", -1))
                    .forEach(w -> verdicts.put(w[0], Set.of(Arrays.copyOfRange(w, 1, w.length))));
            return verdicts;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Set<String> called(Kernel kernel) {
        Path modules = Project.LAB.buildModules(kernel, Project.ROOT.resolve("kernel"));
        String prefix = kernel.release().architecture().isHost()
                ? ""
                : kernel.release().architecture().toolPrefix();
        return Project.run(List.of(
                        prefix + "nm", "-u", modules.resolve("killswitch.ko").toString()))
                .lines()
                .map(l -> l.strip().replaceFirst("^\\w +", ""))
                .collect(Collectors.toSet());
    }

    private static Set<String> hooks(Kernel kernel) {
        try {
            Matcher m = Pattern.compile("^LSM_HOOK\\(\\w+,[^,]+, *(\\w+)", Pattern.MULTILINE)
                    .matcher(Files.readString(Project.sharedHeaders(kernel).resolve("include/linux/lsm_hook_defs.h")));
            return m.results().map(r -> r.group(1)).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
