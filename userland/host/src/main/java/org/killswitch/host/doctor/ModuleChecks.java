// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.doctor;

import static org.killswitch.host.doctor.Finding.note;
import static org.killswitch.host.doctor.Finding.ok;
import static org.killswitch.host.doctor.Finding.problem;
import static org.killswitch.host.doctor.Finding.warning;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.host.btf.ModuleFile;

/** The kernel module, and what it is built with. */
final class ModuleChecks {

    private static final String DKMS = "/var/lib/dkms/killswitch";
    private static final String KERNEL_FILE = "vmlinuz-";

    private ModuleChecks() {}

    static Finding module(HostFacts host) {
        if (!host.isLoaded()) {
            return host.installed()
                    .map(file -> note("module", "installed (" + file + "), not loaded", "modprobe killswitch"))
                    .orElseGet(() -> warning(
                            "module",
                            "not installed for " + host.release(),
                            "run make and sudo make install in the sources, or install killswitch-dkms (Debian)"));
        }
        String loaded = host.files().text("/sys/module/killswitch/version").orElse("?");
        Optional<String> onDisk =
                host.installed().flatMap(file -> ModuleFile.version(host.files().path(host.inModules(file))));
        if (onDisk.filter(v -> !v.equals(loaded)).isPresent()) {
            return warning(
                    "module",
                    "loaded, version " + loaded + "; the file is of version " + onDisk.get(),
                    "reboot, or modprobe -r killswitch && modprobe killswitch, which ends what is engaged");
        }
        return loaded.equals(host.version())
                ? ok("module", "loaded, version " + loaded)
                : warning(
                        "module",
                        "loaded, version " + loaded + "; this command is " + host.version(),
                        "install the same version of both; the module is replaced by a reboot, or modprobe -r, which"
                                + " ends what is engaged");
    }

    static Finding headers(HostFacts host) {
        String build = "/lib/modules/" + host.release() + "/build";
        return host.files().exists(build + "/Makefile")
                ? ok("headers", build)
                : lackingForBuild(
                        host,
                        "headers",
                        "none in " + build,
                        host.distribution().installHeaders(host.files(), host.release()));
    }

    static Finding compiler(HostFacts host) {
        String wanted = host.config()
                .map(c -> c.options().getOrDefault("CC_VERSION_TEXT", ""))
                .map(ModuleChecks::compilerNamed)
                .orElse("gcc");
        for (String compiler : new LinkedHashSet<>(List.of(wanted, "gcc"))) {
            Optional<Path> program = host.programs().find(compiler);
            if (program.isPresent()) {
                return compiler.equals(wanted)
                        ? ok("compiler", program.get().toString())
                        : note(
                                "compiler",
                                program.get() + "; the kernel was built with " + wanted,
                                host.distribution().install(wanted) + " if the module does not build");
            }
        }
        return lackingForBuild(
                host,
                "compiler",
                "no " + wanted + " on the PATH",
                host.distribution().install(wanted + " make"));
    }

    static Finding dkms(HostFacts host) {
        List<String> versions = host.files().list(DKMS).stream()
                .filter(v -> host.files().exists(DKMS + "/" + v + "/source"))
                .toList();
        if (versions.isEmpty()) {
            return ok("dkms", "does not build the module");
        }
        Optional<String> built = versions.stream()
                .filter(v -> host.files().exists(DKMS + "/" + v + "/" + host.release()))
                .findFirst();
        String known = String.join(", ", versions);
        return built.isPresent()
                ? ok("dkms", "has built version " + built.get() + " for " + host.release())
                : warning(
                        "dkms",
                        "has not built version " + known + " for " + host.release(),
                        "dkms autoinstall -k " + host.release() + "; what failed is in " + DKMS + "/" + known
                                + "/build/make.log");
    }

    /** The newest kernel that is installed is the one that most hosts boot next. */
    static Finding nextBoot(HostFacts host) {
        Optional<String> newest = host.files().list("/boot").stream()
                .filter(file -> file.startsWith(KERNEL_FILE))
                .map(file -> file.substring(KERNEL_FILE.length()))
                .filter(release -> host.files().exists("/lib/modules/" + release + "/modules.dep"))
                .max(ModuleChecks::compareReleases);
        if (newest.isEmpty() || compareReleases(newest.get(), host.release()) <= 0) {
            return ok("next-boot", "no kernel that is newer than this one is installed");
        }
        String found = newest.get() + " is installed and does not run yet";
        return host.installed(newest.get()).isPresent()
                ? ok("next-boot", found + "; the module is there for it")
                : warning(
                        "next-boot",
                        found + "; it has no killswitch module: nothing is engaged after a reboot into it",
                        host.distribution().installHeaders(host.files(), newest.get()) + ", then dkms autoinstall -k "
                                + newest.get());
    }

    /** Numbers in the names count as numbers: 6.1.0-9 is before 6.1.0-56. */
    static int compareReleases(String one, String other) {
        List<String> ones = parts(one);
        List<String> others = parts(other);
        for (int i = 0; i < Math.min(ones.size(), others.size()); i++) {
            String a = ones.get(i);
            String b = others.get(i);
            boolean numbers = Character.isDigit(a.charAt(0)) && Character.isDigit(b.charAt(0));
            int order = numbers ? new BigInteger(a).compareTo(new BigInteger(b)) : a.compareTo(b);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(ones.size(), others.size());
    }

    private static List<String> parts(String release) {
        return Pattern.compile("\\d+|\\D+")
                .matcher(release)
                .results()
                .map(MatchResult::group)
                .toList();
    }

    /** What is only needed to build the module is no problem where it is built already. */
    private static Finding lackingForBuild(HostFacts host, String id, String found, String fix) {
        return host.isLoaded() || host.installed().isPresent()
                ? note(id, found + "; the module is built already", fix)
                : problem(id, found, fix);
    }

    /** As in "x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0": the kernel wants the same major version. */
    private static String compilerNamed(String text) {
        Matcher m = Pattern.compile("(gcc|clang)(?:-(\\d+))?\\b.*?(\\d+)\\.\\d+\\.\\d+")
                .matcher(text);
        return m.find() ? m.group(1) + "-" + (m.group(2) != null ? m.group(2) : m.group(3)) : "gcc";
    }
}
