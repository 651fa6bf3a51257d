// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

import java.util.List;
import java.util.Optional;

/** Where a host has libbpf. */
public final class InstalledLibbpf {

    /** The name under which programs load it. */
    public static final String SONAME = "libbpf.so.1";

    private static final List<String> FOLDERS = List.of(
            "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/lib64", "/lib");

    private InstalledLibbpf() {}

    /** Its file, with the most exact version in its name. */
    public static Optional<String> find(SystemFiles files) {
        for (String folder : FOLDERS) {
            Optional<String> library = files.list(folder).stream()
                    .filter(f -> f.equals(SONAME) || f.startsWith(SONAME + "."))
                    .reduce((shorter, longer) -> longer);
            if (library.isPresent()) {
                return Optional.of(folder + "/" + library.get());
            }
        }
        return Optional.empty();
    }
}
