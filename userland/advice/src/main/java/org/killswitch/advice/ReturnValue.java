// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import static org.killswitch.advice.Level.DANGER;
import static org.killswitch.advice.Level.NEVER;
import static org.killswitch.advice.Level.NOTE;
import static org.killswitch.advice.Level.OK;
import static org.killswitch.advice.Level.WARNING;

import java.util.Optional;
import org.killswitch.advice.flow.Value.Sign;
import org.killswitch.posix.Errno;

/** The value against the type that the function returns. */
final class ReturnValue {

    private ReturnValue() {}

    static Optional<Finding> of(Subject subject) {
        if (subject.signature().isEmpty()) {
            return Optional.empty();
        }
        Signature signature = subject.signature().get();
        if (signature.kind() == Signature.Kind.VOID) {
            return Optional.of(finding(
                    subject,
                    WARNING,
                    subject.symbol().name() + " returns nothing: its callers go on as if it had done its work, and wait"
                            + " for ever where they wait for it"));
        }
        if (subject.retval().isEmpty()) {
            return Optional.of(finding(subject, NOTE, subject.symbol().name() + " returns " + signature.type()));
        }
        long value = subject.retval().getAsLong();
        String shown = Subject.describe(value);
        return Optional.of(
                switch (signature.kind()) {
                    case BOOL -> bool(subject, value, shown);
                    case POINTER -> pointer(subject, value, shown);
                    case ENUM ->
                        signature.enumerators().contains(value)
                                ? finding(subject, OK, shown + " is one of the values of " + signature.type())
                                : finding(subject, DANGER, shown + " is none of the values of " + signature.type());
                    case NUMBER -> number(subject, signature, value, shown);
                    case OTHER, VOID ->
                        finding(subject, DANGER, "a " + signature.type() + " is not returned in one register");
                });
    }

    private static Finding finding(Subject subject, Level level, String text) {
        return Finding.of(
                Finding.Id.VALUE, level, text, subject.signature().orElseThrow().describe());
    }

    private static Finding bool(Subject subject, long value, String shown) {
        if (value == 0 || value == 1) {
            return finding(
                    subject,
                    WARNING,
                    (value == 0 ? "0 is false" : "1 is true") + "; what that means, only its callers say");
        }
        return finding(subject, DANGER, shown + " from a bool is true");
    }

    private static Finding pointer(Subject subject, long value, String shown) {
        return switch (Sign.of(value)) {
            case ERROR -> finding(subject, OK, shown + " is an error pointer: the callers must test for one");
            case ZERO -> finding(subject, OK, "0 is NULL: the callers must test for it");
            case OTHER -> finding(subject, NEVER, shown + " points to nothing");
        };
    }

    private static Finding number(Subject subject, Signature signature, long value, String shown) {
        if (value < -Errno.MAX) {
            return finding(subject, DANGER, shown + " is no errno");
        }
        if (value < 0 && !signature.signed()) {
            return finding(
                    subject,
                    DANGER,
                    shown + " from an unsigned " + signature.type() + " is "
                            + Long.toUnsignedString(
                                    signature.bits() == 64 ? value : value & ((1L << signature.bits()) - 1)));
        }
        if (signature.bits() < 64 && signature.signed() && !fits(value, signature.bits())) {
            return finding(subject, DANGER, shown + " does not fit " + signature.type());
        }
        return value < 0
                ? finding(subject, OK, shown + " is an error for " + signature.type())
                : finding(
                        subject,
                        WARNING,
                        shown + " is no error: the callers go on as if "
                                + subject.symbol().name() + " had done its work");
    }

    private static boolean fits(long value, int bits) {
        int unused = 64 - bits;
        return value << unused >> unused == value;
    }
}
