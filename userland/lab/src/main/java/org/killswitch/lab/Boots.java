// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.util.HashSet;
import java.util.Set;

/**
 * Whether a guest that did not boot is started again. Emulation can go wrong in early boot, each time in another way; a
 * kernel that says the same twice says it always, and each wait for one that says nothing takes long.
 */
final class Boots {

    private static final int MAX = 6;
    private static final int MAX_SILENT = 3;

    private static final Set<GuestFailure.Kind> SAID_BY_KERNEL =
            Set.of(GuestFailure.Kind.PANIC, GuestFailure.Kind.OOPS, GuestFailure.Kind.WARNING);

    private final Set<String> said = new HashSet<>();
    private int failed;
    private int silent;

    /** Counts a boot that failed; whether there is to be another one. */
    boolean again(GuestFailure failure) {
        failed++;
        if (failure.getCause() == null) {
            silent++;
        }
        boolean known = failure.getCause() instanceof GuestFailure cause
                && SAID_BY_KERNEL.contains(cause.kind())
                && !said.add(plain(String.valueOf(cause.getMessage())));
        return failed < MAX && silent < MAX_SILENT && !known;
    }

    /** Without times, addresses and other numbers, which differ. */
    private static String plain(String message) {
        return message.replaceAll("\\b(0x)?[0-9a-f]{6,}\\b", "").replaceAll("\\d+", "");
    }
}
