// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.killswitch.control.ControlException;
import org.killswitch.control.SymbolName;
import org.killswitch.control.trace.HitSource;
import org.killswitch.policy.Overrides;
import org.killswitch.policy.Policy;
import org.killswitch.policy.PolicyException;
import org.killswitch.policy.Resolution;

/** The host that an agent runs on: all that it has to do with the kernel and with the host's own policy. */
public interface ManagedHost {

    /**
     * The kernel module.
     *
     * @param limit after which what is engaged ends by itself, unless it is kept
     */
    Overrides overrides(Optional<Duration> limit);

    /** What a policy means on this kernel. */
    Resolution resolve(Policy policy);

    /** What the host's own administrators have written. */
    Policy ownPolicy();

    /** Writes the fleet's part of the host's policy, which is in effect from the next boot on; empty: there is none. */
    void savePolicy(Optional<String> text) throws PolicyException;

    /** What the module's parameters engage, which is not ours to end. */
    List<SymbolName> parameters();

    /** How the kernel is. */
    Vitals vitals();

    /** A line for each flaw that a reboot into an installed kernel would fix. */
    List<String> reboots();

    /** Calls so far, by function. */
    Map<String, Long> hits() throws ControlException;

    /**
     * Follows the calls of all functions that are engaged or observed, with small buffers.
     *
     * @throws ControlException if that cannot be done here, and why
     */
    HitSource follow() throws ControlException;

    /**
     * Whether this host uses what the catalogue's entry for a CVE closes, by the entry's own test. An entry without a test
     * finds nothing in use.
     *
     * @throws PolicyException if the test does not come to an end
     */
    boolean isInUse(String cve) throws PolicyException;

    /** What {@code killswitch cve scan --json} prints. It takes seconds, and is asked for on another thread. */
    byte[] scan() throws PolicyException, InterruptedException;
}
