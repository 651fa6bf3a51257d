// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.facts;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.catalogue.version.DebianVersion;

/**
 * A kernel that dpkg says is installed.
 *
 * @param release what uname -r says when it runs
 * @param source the source package: linux, linux-6.1, linux-hwe-6.8
 */
public record KernelPackage(String release, DebianVersion version, String source) {

    /** Ubuntu's image is made from another source, which signs it; the modules' is the kernel's. */
    private static final Pattern NAME = Pattern.compile("linux-(image|image-unsigned|binary|modules)-(\\d.*)");

    private static final Pattern SIGNED = Pattern.compile("linux-signed-(.*)");
    private static final Pattern ARCHITECTURE = Pattern.compile("(?:-|^)(amd64|arm64|armhf|i386|riscv64)$");

    /** Reads dpkg's status file: fields are lines, packages are parted by empty ones. */
    static List<KernelPackage> parse(List<String> lines) {
        List<KernelPackage> found = new ArrayList<>();
        String name = "";
        String version = "";
        String source = "";
        boolean isInstalled = false;
        for (int i = 0; i <= lines.size(); i++) {
            String line = i == lines.size() ? "" : lines.get(i);
            if (line.isEmpty()) {
                Matcher m = NAME.matcher(name);
                if (isInstalled && m.matches()) {
                    add(found, m.group(2), version, source(source.isEmpty() ? name : source), m.group(1));
                }
                name = "";
                source = "";
                isInstalled = false;
            } else if (line.startsWith("Package: ")) {
                name = line.substring("Package: ".length());
            } else if (line.startsWith("Version: ")) {
                version = line.substring("Version: ".length());
            } else if (line.startsWith("Source: ")) {
                source = line.substring("Source: ".length()).replaceFirst(" \\(.*", "");
            } else if (line.startsWith("Status: ")) {
                isInstalled = line.endsWith(" installed");
            }
        }
        return found;
    }

    private static void add(List<KernelPackage> found, String release, String text, String source, String kind) {
        Optional<DebianVersion> version = DebianVersion.parse(text);
        if (version.isEmpty()) {
            return;
        }
        Optional<KernelPackage> known =
                found.stream().filter(p -> p.release().equals(release)).findFirst();
        if (known.isEmpty()) {
            found.add(new KernelPackage(release, version.get(), source));
        } else if (kind.equals("modules")) {
            found.remove(known.get());
            found.add(new KernelPackage(release, version.get(), source));
        }
    }

    /** linux-6.1 of linux-signed-6.1-amd64, hwe-6.8's kernel of linux-signed-hwe-6.8. */
    private static String source(String text) {
        Matcher m = SIGNED.matcher(text);
        if (!m.matches()) {
            return text;
        }
        String rest = ARCHITECTURE.matcher(m.group(1)).replaceFirst("");
        return rest.isEmpty() ? "linux" : "linux-" + rest;
    }
}
