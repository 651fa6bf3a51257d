// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.IntFunction;
import org.killswitch.posix.ErrnoException;
import org.killswitch.posix.Fd;

/** Writing to the module's files: what is written is one write(2), whose errno is the answer, and is ASCII. */
final class CommandFile {

    /** The longest path that the module takes. */
    private static final int PATH_MAX = 255;

    private final Tree tree;

    CommandFile(Tree tree) {
        this.tree = tree;
    }

    /**
     * Writes a text.
     *
     * @param refusal makes an errno into what it means
     */
    void write(Path file, String text, IntFunction<ControlException> refusal) throws ControlException {
        // An encoder would make a '?' or another character of what is not, and so another command.
        if (!text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new ControlException("'" + text + "' is not all printable ASCII; nothing was changed", null);
        }
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        try (Fd fd = Fd.open(file, Fd.Mode.WRITE)) {
            long written = fd.write(bytes);
            if (written != bytes.length) {
                throw new ControlException("'" + text + "' was cut short by the kernel; see dmesg", null);
            }
        } catch (ErrnoException e) {
            if (!tree.isThere()) {
                throw tree.notLoaded();
            }
            throw refusal.apply(e.number());
        }
    }

    /** A path as a word of a command. */
    static String word(Path path) throws ControlException {
        String text = path.toAbsolutePath().toString();
        if (text.length() > PATH_MAX
                || !text.chars().allMatch(c -> c > ' ' && c <= '~' && c != '\\' && c != '\'' && c != '"')) {
            throw new ControlException(
                    "the path '" + text + "' cannot be given to the module: it takes at most " + PATH_MAX
                            + " ASCII characters without blanks, \\, ' and \"; copy or link the file to such a path",
                    null);
        }
        return text;
    }
}
