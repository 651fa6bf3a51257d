// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import org.killswitch.policy.PolicyException;

/**
 * What an operator asks of the controller.
 *
 * @param serial of the policy that it is about
 * @param who the operator says that he is
 */
public record Order(long serial, Verb verb, String who, String why) {

    private static final int WHY_MAX = 300;

    /** What is to be done with the roll-out. */
    public enum Verb {
        /** Open nothing more. */
        HALT,
        /** Go on; a ring that was taken back is opened again. */
        RESUME,
        /** Take the policy back from all hosts. */
        ROLLBACK
    }

    public Order {
        why = why.length() > WHY_MAX ? why.substring(0, WHY_MAX) : why;
    }

    public byte[] message() {
        return Json.object()
                .with("serial", serial)
                .with("verb", verb.name())
                .with("who", who)
                .with("why", why)
                .bytes();
    }

    public static Order of(byte[] message) throws PolicyException {
        Json json = Json.parse(message);
        return new Order(json.number("serial"), json.constant("verb", Verb.class), json.text("who"), json.text("why"));
    }
}
