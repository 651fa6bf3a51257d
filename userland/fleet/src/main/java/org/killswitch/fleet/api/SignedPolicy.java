// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.killswitch.policy.PolicyException;

/**
 * A policy and its signature, as one message: the signature as ssh-keygen(1) writes it, then the policy.
 *
 * @param signature armoured, with the line that ends it
 */
public record SignedPolicy(String signature, String policy) {

    /** More bytes are not read: entries for a thousand functions take less. */
    public static final int MAX = 256 * 1024;

    private static final String BEGIN = "-----BEGIN SSH SIGNATURE-----\n";
    private static final String END = "\n-----END SSH SIGNATURE-----\n";

    /** Takes a message apart. What is in it is not known to be anybody's yet. */
    public static SignedPolicy of(byte[] message) throws PolicyException {
        if (message.length > MAX) {
            throw new PolicyException("refused: too large: a policy and its signature have at most " + MAX + " bytes");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(message))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new PolicyException("refused: damaged: it is not UTF-8", e);
        }
        if (!text.startsWith(BEGIN)) {
            throw new PolicyException(
                    "refused: not signed; sign it with killswitch fleet push --key, or ssh-keygen -Y sign");
        }
        int end = text.indexOf(END);
        if (end < 0) {
            throw new PolicyException("refused: truncated: the signature has no end");
        }
        int policy = end + END.length();
        return new SignedPolicy(text.substring(0, policy), text.substring(policy));
    }

    /** As one message. */
    public byte[] message() {
        return (signature + policy).getBytes(StandardCharsets.UTF_8);
    }

    /** Tells this message from any other. */
    public String digest() {
        return digest(message());
    }

    /** The same of a message that has not been taken apart. */
    public static String digest(byte[] message) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(message);
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
