// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The least privilege with which the flawed code can be reached. */
public enum Reach {
    /** Any local user. */
    ANY_USER,
    /** Any local user who can make a user namespace. */
    USER_NAMESPACE,
    /** A process with a capability in the initial user namespace. */
    CAPABILITY,
    /** Somebody on the same network segment, or in radio range. */
    ADJACENT,
    /** Somebody who can send packets to this host. */
    NETWORK,
    /** Somebody who can plug in a device, or has one emulated. */
    DEVICE;

    /** The one that the text of an entry names. */
    static Optional<Reach> parse(String text) {
        return Stream.of(values()).filter(r -> r.toString().equals(text)).findFirst();
    }

    /** As entries write it: any-user. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
