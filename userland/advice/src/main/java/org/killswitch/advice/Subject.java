// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.util.Optional;
import java.util.OptionalLong;
import org.killswitch.advice.flow.Value.Sign;
import org.killswitch.host.text.Symbol;
import org.killswitch.posix.Errno;

/**
 * A function that may be engaged.
 *
 * @param function its number
 * @param retval the value that it would return; empty if that is still open
 */
record Subject(Kernel kernel, Symbol symbol, int function, Optional<Signature> signature, OptionalLong retval) {

    /** The name without what the compiler appended. */
    String plainName() {
        int dot = symbol.name().indexOf('.');
        return dot < 0 ? symbol.name() : symbol.name().substring(0, dot);
    }

    Optional<Sign> sign() {
        return retval.isPresent() ? Optional.of(Sign.of(retval.getAsLong())) : Optional.empty();
    }

    boolean returns(Signature.Kind kind) {
        return signature.filter(s -> s.kind() == kind).isPresent();
    }

    /** Whether callers would take the value for success. */
    boolean saysSuccess() {
        if (retval.isEmpty() || returns(Signature.Kind.VOID)) {
            return returns(Signature.Kind.VOID);
        }
        boolean zeroIsNo = returns(Signature.Kind.BOOL) || returns(Signature.Kind.POINTER);
        return Sign.of(retval.getAsLong()) != Sign.ERROR && !(zeroIsNo && retval.getAsLong() == 0);
    }

    /** "-EPERM"; a number that is no errno as it is. */
    static String describe(long value) {
        return value < 0 && value >= -Errno.MAX
                ? Errno.ofNumber(-value).map(e -> "-" + e.name()).orElse(Long.toString(value))
                : Long.toString(value);
    }
}
