// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.List;
import java.util.Optional;
import org.killswitch.bpf.BpfException;
import org.killswitch.control.ControlException;
import org.killswitch.control.Reason;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

/** The kernel module, guards included, as far as a policy has to do with it. */
public interface Overrides {

    /** What is engaged, observed or pending. */
    List<Actual> state() throws ControlException;

    boolean sealed() throws ControlException;

    boolean locked() throws ControlException;

    /** Finds out what is wrong with a value or a guard, and changes nothing. */
    void check(Desired desired) throws ControlException, BpfException;

    /** Engages or observes. */
    void begin(Desired desired) throws ControlException, BpfException;

    void set(SymbolName symbol, Retval retval) throws ControlException;

    void enforce(SymbolName symbol, Retval retval, Optional<Reason> reason) throws ControlException;

    void keep(SymbolName symbol) throws ControlException;

    void disengage(SymbolName symbol) throws ControlException;
}
