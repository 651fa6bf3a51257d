// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.Optional;
import java.util.OptionalLong;

/** What the names of files, control groups and namespaces in a guard stand for on this host. */
interface Surroundings {

    /** The inode number of the namespace that the machine began with, by its name in /proc/PID/ns; empty where it cannot be told. */
    OptionalLong initialNamespace(String name);

    /** The id of a control group by its path; empty where there is none at the moment. */
    OptionalLong controlGroup(String path);

    /** Whether there are control groups of version 2. */
    boolean hasControlGroups();

    /**
     * A file as the kernel knows it.
     *
     * @param device the kernel's number of the file system's device
     */
    record FileId(long inode, long device) {}

    /** The file at a path, links followed; empty where there is none. */
    Optional<FileId> file(String path);
}
