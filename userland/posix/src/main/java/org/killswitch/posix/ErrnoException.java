// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.posix;

/** A system call failed; carries the errno as it was. */
public final class ErrnoException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int number;

    /**
     * A failure.
     *
     * @param number the errno
     * @param what what was tried
     */
    public ErrnoException(int number, String what) {
        super(what + ": " + describe(number));
        this.number = number;
    }

    /** Whether it is this error. */
    public boolean is(Errno errno) {
        return number == errno.number();
    }

    /** The errno. */
    public int number() {
        return number;
    }

    /** The errno's name, or its number where it has none (kernel-internal ones such as 524). */
    public static String describe(int number) {
        return Errno.ofNumber(number).map(Errno::name).orElseGet(() -> "errno " + number);
    }
}
