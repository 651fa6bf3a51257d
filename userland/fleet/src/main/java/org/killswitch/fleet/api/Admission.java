// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.nio.file.Path;
import java.time.Instant;
import org.killswitch.policy.PolicyException;

/**
 * A signed policy that has been found to be somebody's who may sign.
 *
 * @param signer the principal of the allowed_signers file; empty where it was found before
 */
public record Admission(SignedPolicy signed, FleetPolicy policy, String signer) {

    /** Checks a message; nothing in it is looked at before its signature. */
    public static Admission check(byte[] message, Signatures signatures) throws PolicyException {
        SignedPolicy signed = SignedPolicy.of(message);
        String signer = signatures.signer(signed);
        return new Admission(signed, read(signed), signer);
    }

    /**
     * A policy that the controller has accepted: its signature was checked then, and its key may have been revoked since.
     * The hosts check it themselves.
     */
    public static Admission accepted(byte[] message, String digest) throws PolicyException {
        SignedPolicy signed = SignedPolicy.of(message);
        if (!signed.digest().equals(digest)) {
            throw new PolicyException("the policy that is stored is not the one of the roll-out");
        }
        return new Admission(signed, read(signed), "");
    }

    /** The policy of a message that has been checked before. */
    public static FleetPolicy read(SignedPolicy signed) throws PolicyException {
        return FleetPolicyReader.read(Path.of("fleet.yaml"), signed.policy());
    }

    /** Refuses an expired policy, and one that is older than another that is known. */
    public void requireNewer(long highest, String digestOfHighest, Instant now) throws PolicyException {
        if (policy.isExpired(now)) {
            throw new PolicyException("refused: serial " + policy.serial() + " has expired at " + policy.expires());
        }
        if (policy.serial() < highest) {
            throw new PolicyException(
                    "refused: serial " + policy.serial() + " is older than " + highest + ", which was there before");
        }
        if (policy.serial() == highest && !signed.digest().equals(digestOfHighest)) {
            throw new PolicyException("refused: another policy has had serial " + highest + " already");
        }
    }
}
