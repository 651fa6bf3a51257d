// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What came of the ways in which somebody could switch an override off or slip past it, each tried for real: the rows of
 * the table that script/bypass-table prints. A test notes an outcome once it has asserted it.
 */
enum Bypass {
    /** It can be done, and the function is overridden all the same. */
    NO_EFFECT("no effect"),
    /** The kernel, or killswitch, says no. */
    REFUSED("refused"),
    /** The function has gone with its module; the log and status say so, and it is overridden when it is back. */
    REPORTED("reported, re-armed"),
    /** The body runs; the README says so of this kernel. */
    DOCUMENTED("runs: see README"),
    /** This kernel does not have the thing. */
    NOT_THERE("-");

    private static final Path FOLDER = Project.ROOT.resolve("userland/systemtest/target/bypass");

    private final String words;

    Bypass(String words) {
        this.words = words;
    }

    /** Notes what came of a way on a kernel. */
    void note(String kernel, String way) {
        try {
            Files.createDirectories(FOLDER);
            // one short write: tests of different classes add to it at the same time
            Files.writeString(
                    FOLDER.resolve(kernel),
                    way + "\t" + words + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
