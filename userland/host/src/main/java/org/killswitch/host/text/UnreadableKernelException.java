// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.io.IOException;

/** The kernel's code is not for this caller to read, or not for anybody. */
public final class UnreadableKernelException extends IOException {

    private static final long serialVersionUID = 1L;

    UnreadableKernelException(String message, Throwable cause) {
        super(message, cause);
    }
}
