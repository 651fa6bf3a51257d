// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

/** Data that cannot be imported: its message says which, and why. */
public final class ImportException extends Exception {

    private static final long serialVersionUID = 1;

    ImportException(String message) {
        super(message);
    }

    ImportException(String message, Throwable cause) {
        super(message, cause);
    }
}
