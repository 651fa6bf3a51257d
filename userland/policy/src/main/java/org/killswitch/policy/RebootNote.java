// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.List;
import org.killswitch.host.SystemFiles;

/** What a reboot would fix, as it was found last: verdicts take too long for a status, and for a login. */
public final class RebootNote {

    private static final String FILE = "/run/killswitch/reboot";

    private RebootNote() {}

    /** The lines; none if there are none, or nobody looked yet. */
    public static List<String> read(SystemFiles files) {
        return files.lines(FILE);
    }

    public static void write(SystemFiles files, List<String> lines) throws PolicyException {
        AtomicFile.write(files.path(FILE), lines.isEmpty() ? "" : String.join("\n", lines) + "\n");
    }
}
