// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What can be asked about whoever makes the call. */
enum CallerFact {
    UID,
    GID,
    AUID,
    PID,
    PPID,
    SID,
    SESSION,
    COMM,
    EXE,
    CGROUP,
    USERNS,
    NETNS,
    MNTNS,
    PIDNS,
    CURRENT,
    PARENT;

    static Optional<CallerFact> named(String name) {
        return Arrays.stream(values()).filter(f -> f.word().equals(name)).findFirst();
    }

    static List<String> words() {
        return Arrays.stream(values()).map(CallerFact::word).toList();
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
