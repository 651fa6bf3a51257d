// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

import java.util.List;
import java.util.Optional;

/** A shared library of this host, which programs load at run time. */
public final class InstalledLibrary {

    /** The name under which libbpf is loaded. */
    public static final String LIBBPF = "libbpf.so.1";

    private static final List<String> FOLDERS = List.of(
            "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/lib64", "/lib");

    private InstalledLibrary() {}

    /**
     * Its file, with the most exact version in its name.
     *
     * @param soname the name under which it is loaded
     */
    public static Optional<String> find(SystemFiles files, String soname) {
        for (String folder : FOLDERS) {
            Optional<String> library = files.list(folder).stream()
                    .filter(f -> f.equals(soname) || f.startsWith(soname + "."))
                    .reduce((shorter, longer) -> longer);
            if (library.isPresent()) {
                return Optional.of(folder + "/" + library.get());
            }
        }
        return Optional.empty();
    }
}
