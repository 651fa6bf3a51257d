// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.rehearsal;

import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestFailure;
import org.killswitch.lab.KernelHealth;
import org.killswitch.lab.Output;

/** What a rehearsal needs of a guest. */
public interface Machine {

    /**
     * Runs a shell script; its output and errors as one text.
     *
     * @throws GuestFailure if the guest's kernel got into trouble
     */
    Output run(String script);

    /**
     * Fails if the guest's kernel has found fault with something.
     *
     * @throws GuestFailure with what it has found
     */
    void requireHealth();

    /** A guest. */
    static Machine of(Guest guest) {
        return new Machine() {
            @Override
            public Output run(String script) {
                return guest.run(script);
            }

            @Override
            public void requireHealth() {
                KernelHealth.require(guest);
            }
        };
    }
}
