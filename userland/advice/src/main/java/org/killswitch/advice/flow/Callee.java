// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.flow;

/** Names of what is called that are no function's. */
public final class Callee {

    /** A call through a pointer. */
    public static final String INDIRECT = "a pointer";

    private Callee() {}
}
