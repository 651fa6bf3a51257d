// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.facts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** The files below a root folder, by the paths that they have on the host. */
final class RootFiles {

    private final Path root;

    RootFiles(Path root) {
        this.root = root;
    }

    Path path(String file) {
        return root.resolve(file.substring(1));
    }

    boolean exists(String file) {
        return Files.exists(path(file));
    }

    /** Its text without blanks at the ends; empty if it cannot be read, for whatever reason. */
    Optional<String> text(String file) {
        try (InputStream in = Files.newInputStream(path(file))) {
            InputStream plain = file.endsWith(".gz") ? new GZIPInputStream(in) : in;
            return Optional.of(new String(plain.readAllBytes(), StandardCharsets.ISO_8859_1).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Its lines; none if it cannot be read. */
    List<String> lines(String file) {
        return text(file).stream().flatMap(String::lines).toList();
    }

    /** The names in a folder, sorted; none if it cannot be listed. */
    List<String> list(String folder) {
        try (Stream<Path> entries = Files.list(path(folder))) {
            return entries.map(p -> String.valueOf(p.getFileName())).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
