// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What the resource "folders" says about folders of the kernel's tree. */
final class Folders {

    private static final String NONE = "-";
    private static final String OWN_ARCHITECTURE = "arch/SELF/";

    /**
     * A line of it.
     *
     * @param option without which the files are not compiled; empty where they always are
     * @param module that they are part of; empty for the kernel itself
     */
    record Folder(Optional<String> option, Optional<String> module) {}

    private final Map<String, Folder> folders = new HashMap<>();

    Folders(String architecture) {
        try (InputStream in = Objects.requireNonNull(Folders.class.getResourceAsStream("folders"))) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                if (!line.startsWith("#")) {
                    String[] words = line.split(" ", -1);
                    folders.put(
                            words[0].replace(OWN_ARCHITECTURE, "arch/" + architecture + "/"),
                            new Folder(word(words[1]), word(words[2])));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> word(String text) {
        return text.equals(NONE) ? Optional.empty() : Optional.of(text);
    }

    /** The line of a folder, or of the nearest one above it that is not a whole part of the tree. */
    Optional<Folder> of(String folder) {
        for (String at = folder; !at.isEmpty(); at = parent(at)) {
            Folder found = folders.get(at);
            // What lies directly in fs, net or security is the kernel's; what lies below has options of its own.
            if (found != null && (at.equals(folder) || !isOnlyForItself(at))) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    private static boolean isOnlyForItself(String folder) {
        return folder.equals("fs") || folder.equals("net") || folder.equals("security");
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }
}
