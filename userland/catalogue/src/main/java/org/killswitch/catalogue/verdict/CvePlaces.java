// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.killswitch.catalogue.Catalogue;
import org.killswitch.catalogue.data.Imports;

/**
 * Where things are.
 *
 * @param root this host's root folder
 * @param catalogue the folders with entries; a later one's are taken before an earlier one's
 * @param data where imported data is kept
 */
public record CvePlaces(Path root, List<Path> catalogue, Path data) {

    public CvePlaces {
        catalogue = List.copyOf(catalogue);
    }

    /** The launcher says where the command is installed. */
    public static CvePlaces ofThisHost() {
        List<Path> folders = new ArrayList<>();
        Optional.ofNullable(System.getenv("KILLSWITCH_HOME"))
                .ifPresent(home -> folders.add(Path.of(home, "mitigations")));
        folders.add(Catalogue.OF_THIS_HOST);
        return new CvePlaces(Path.of("/"), folders, Imports.OF_THIS_HOST);
    }
}
