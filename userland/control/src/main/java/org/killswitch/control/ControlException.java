// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.killswitch.posix.Errno;

/** A command was refused or the state could not be read; the message is one line: what, why, and what to do. */
public final class ControlException extends Exception {

    private static final long serialVersionUID = 1L;

    private final @Nullable Errno errno;

    public ControlException(String message, @Nullable Errno errno) {
        super(message);
        this.errno = errno;
    }

    /** What the kernel answered, where it was the kernel that refused, and with an errno that has a name. */
    public Optional<Errno> errno() {
        return Optional.ofNullable(errno);
    }
}
