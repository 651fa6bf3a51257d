package org.killswitch.control;

/** A system call failed; carries the errno as it was. */
final class ErrnoException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int number;

    ErrnoException(int number, String what) {
        super(what + ": " + describe(number));
        this.number = number;
    }

    boolean is(Errno errno) {
        return number == errno.number();
    }

    int number() {
        return number;
    }

    /** The errno's name, or its number where it has none (kernel-internal ones such as 524). */
    static String describe(int number) {
        return Errno.ofNumber(number).map(Errno::name).orElseGet(() -> "errno " + number);
    }
}
