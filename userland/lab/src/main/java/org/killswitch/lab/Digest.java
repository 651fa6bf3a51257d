// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A short name for everything that something in the cache is made from. */
public final class Digest {
    private static final int BYTES = 12;

    private final MessageDigest sha;

    public Digest() {
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has SHA-256
        }
    }

    /** Adds a text, marked off from what follows. */
    public Digest add(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds bytes, marked off from what follows. */
    public Digest add(byte[] bytes) {
        sha.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        sha.update(bytes);
        return this;
    }

    /** The name, in hexadecimal; nothing can be added after it. */
    public String hex() {
        return HexFormat.of().formatHex(sha.digest(), 0, BYTES);
    }
}
