// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.patch;

/** A text is no patch from which functions can be told; the message says why, in one line. */
public final class PatchException extends Exception {

    private static final long serialVersionUID = 1L;

    public PatchException(String message) {
        super(message);
    }
}
