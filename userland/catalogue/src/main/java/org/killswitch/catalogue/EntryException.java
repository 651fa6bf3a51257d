// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue;

import java.nio.file.Path;

/** A file of the catalogue, or of a policy, that is not what it should be: its message says where and why. */
public final class EntryException extends Exception {

    private static final long serialVersionUID = 1;

    EntryException(Path file, int line, String key, String problem) {
        super(file + ":" + line + ": " + (key.isEmpty() ? "" : key + ": ") + problem);
    }

    EntryException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
