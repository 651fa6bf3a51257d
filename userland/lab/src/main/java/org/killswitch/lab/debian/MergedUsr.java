// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.killswitch.lab.LabException;

/** In newer releases all programs and libraries are below usr; the links that lead there come with a package of their own. */
final class MergedUsr {

    private static final List<String> FOLDERS = List.of("bin", "sbin", "lib", "lib64");

    private MergedUsr() {}

    /** Makes what packages have put below usr be found where it used to be. */
    static void link(Path root) {
        try {
            for (String name : FOLDERS) {
                if (!Files.exists(root.resolve(name)) && Files.exists(root.resolve("usr/" + name))) {
                    Files.createSymbolicLink(root.resolve(name), Path.of("usr/" + name));
                }
            }
        } catch (IOException e) {
            throw new LabException(root + " cannot be written: " + e.getMessage(), e);
        }
    }
}
