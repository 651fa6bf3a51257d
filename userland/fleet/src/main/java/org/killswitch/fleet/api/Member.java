// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A host of the fleet, as far as a policy picks hosts by it.
 *
 * @param kernel its release, as uname -r has it
 * @param distribution the ID of os-release(5)
 */
public record Member(String name, Map<String, String> labels, String kernel, String distribution) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,62}");
    private static final double TWO_TO_THE_53 = 0x1p53;

    public Member {
        labels = Map.copyOf(labels);
    }

    /** Whether a text can be a host's name: it is a part of a subject in NATS, where a dot would separate two. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /**
     * Its place among all hosts, from 0 to below 1. It depends on the name alone: a host that is in a share of 10 percent is
     * in one of 20 percent too, and a host that comes or goes moves no other.
     */
    public double place() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return (ByteBuffer.wrap(hash).getLong() >>> 11) / TWO_TO_THE_53;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The labels in the order of their names. */
    public Map<String, String> sortedLabels() {
        return new TreeMap<>(labels);
    }
}
