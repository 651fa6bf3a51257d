// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.Optional;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

/** Things that tests need often. */
final class Samples {

    private Samples() {}

    static SymbolName symbol(String text) {
        return new SymbolName(text);
    }

    static Desired engage(String symbol, long retval) {
        return new Desired(symbol(symbol), Optional.of(new Retval(retval)), Optional.empty(), Optional.empty(), "p:1");
    }

    static Desired engage(String symbol, long retval, String when) {
        return new Desired(
                symbol(symbol),
                Optional.of(new Retval(retval)),
                Optional.of(new GuardText(when)),
                Optional.empty(),
                "p:1");
    }

    static Desired observe(String symbol) {
        return new Desired(symbol(symbol), Optional.empty(), Optional.empty(), Optional.empty(), "p:1");
    }

    static Actual engaged(String symbol, long retval) {
        return actual(symbol, Optional.of(retval), Actual.Life.KEPT, Optional.empty());
    }

    static Actual guarded(String symbol, long retval, String when) {
        return actual(symbol, Optional.of(retval), Actual.Life.KEPT, Optional.of(when));
    }

    static Actual observed(String symbol) {
        return actual(symbol, Optional.empty(), Actual.Life.KEPT, Optional.empty());
    }

    static Actual pending(String symbol, long retval) {
        return actual(symbol, Optional.of(retval), Actual.Life.PENDING, Optional.empty());
    }

    static Actual expiring(String symbol, long retval) {
        return actual(symbol, Optional.of(retval), Actual.Life.EXPIRING, Optional.empty());
    }

    private static Actual actual(String symbol, Optional<Long> retval, Actual.Life life, Optional<String> when) {
        return new Actual(
                symbol(symbol),
                retval.map(Retval::new),
                life,
                when.isPresent(),
                when.map(GuardText::new),
                Optional.empty());
    }
}
