// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import org.killswitch.control.SymbolName;
import org.killswitch.guard.Guard;
import org.killswitch.host.SystemFiles;

/**
 * The texts of the guards that are in effect: the kernel has only their programs. They last as long as the engagements,
 * until the next boot.
 */
public final class GuardTexts {

    private static final String FOLDER = "/run/killswitch/guards";
    private static final String PASS = "# unread: pass\n";

    private final Path folder;

    public GuardTexts(SystemFiles files) {
        folder = files.path(FOLDER);
    }

    /** The text of a function's guard; empty if it is not known. */
    public Optional<GuardText> of(SymbolName symbol) {
        try {
            String text = Files.readString(folder.resolve(symbol.text()));
            boolean passes = text.startsWith(PASS);
            return Optional.of(new GuardText(
                    passes ? text.substring(PASS.length()) : text, passes ? Guard.Unread.PASS : Guard.Unread.OVERRIDE));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Remembers what a function was engaged with. */
    public void put(SymbolName symbol, Optional<GuardText> guard) throws PolicyException {
        if (guard.isEmpty()) {
            remove(symbol);
            return;
        }
        try {
            Files.createDirectories(Objects.requireNonNull(folder.getParent()));
            // Whom a guard looks at is no business of everybody's.
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new PolicyException(folder + " cannot be made: " + e.getMessage(), e);
        }
        AtomicFile.write(
                folder.resolve(symbol.text()),
                (guard.get().unread() == Guard.Unread.PASS ? PASS : "")
                        + guard.get().when() + "\n");
    }

    /** Forgets it: the function is not engaged any more. */
    public void remove(SymbolName symbol) {
        try {
            Files.deleteIfExists(folder.resolve(symbol.text()));
        } catch (IOException e) {
            // One that is too many is looked at only for a function that has a guard.
        }
    }
}
