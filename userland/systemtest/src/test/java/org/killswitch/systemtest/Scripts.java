// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.killswitch.lab.Guest;
import org.killswitch.lab.Output;

/** Scripts that have to succeed. */
final class Scripts {

    private Scripts() {}

    /** Runs a script in a guest and gives what it printed; fails if the script did. */
    static String require(Guest guest, String script) {
        return guest.require(script);
    }

    /** Gives what a script printed; fails if the script did. */
    static String require(String script, Output output) {
        assertThat(output.status()).as(script + ":\n" + output.output()).isZero();
        return output.output();
    }
}
