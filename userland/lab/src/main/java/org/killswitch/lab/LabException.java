// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

/** Something the lab could not do. The message is one line: what failed, why, and what to do about it. */
public class LabException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LabException(String message) {
        super(message);
    }

    public LabException(String message, Throwable cause) {
        super(message, cause);
    }
}
