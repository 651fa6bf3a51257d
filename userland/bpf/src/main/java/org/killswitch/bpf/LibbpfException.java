// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import org.killswitch.posix.Errno;
import org.killswitch.posix.Native;

/** A call of libbpf or of libc failed; carries the errno as it was, and in words what the C library says of it. */
final class LibbpfException extends BpfException {

    private static final long serialVersionUID = 1L;

    private final int errno;

    LibbpfException(String what, int errno) {
        super(what + ": " + Native.describe(errno));
        this.errno = errno;
    }

    int errno() {
        return errno;
    }

    boolean is(Errno error) {
        return errno == error.number();
    }
}
