// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.doctor;

import static org.killswitch.host.doctor.Finding.note;
import static org.killswitch.host.doctor.Finding.ok;
import static org.killswitch.host.doctor.Finding.problem;
import static org.killswitch.host.doctor.Finding.warning;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kernel module, and what it is built with. */
final class ModuleChecks {

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
