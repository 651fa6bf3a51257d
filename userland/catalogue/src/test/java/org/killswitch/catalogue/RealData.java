// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real records of the kernel's CNA, which are no part of the project: a test that wants them is skipped where they are not. */
public final class RealData {

    private static final Path FOLDER = Path.of(System.getProperty("killswitch.data", "../../../shared/data"));

    private RealData() {}

    /** A file of the folder; the test that asks is skipped, with the file's name, if it is not there. */
    public static Path file(String name) {
        Path file = FOLDER.resolve(name);
        assumeTrue(Files.exists(file), "real data is not here: " + file);
        return file;
    }
}
