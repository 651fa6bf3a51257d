// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

/** The policy cannot be read, written or applied; the message is one line: what, why, and what to do. */
public final class PolicyException extends Exception {

    private static final long serialVersionUID = 1L;

    public PolicyException(String message) {
        super(message);
    }

    public PolicyException(String message, Throwable cause) {
        super(message, cause);
    }
}
