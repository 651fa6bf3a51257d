// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

/** The input cannot be valid; the message is one line that says why and what would be right. */
public final class InvalidInputException extends Exception {

    private static final long serialVersionUID = 1L;

    InvalidInputException(String message) {
        super(message);
    }
}
