// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.btf;

/** Types cannot be read; the message is one line that says why. */
public final class BtfException extends Exception {

    private static final long serialVersionUID = 1L;

    BtfException(String message) {
        super(message);
    }
}
