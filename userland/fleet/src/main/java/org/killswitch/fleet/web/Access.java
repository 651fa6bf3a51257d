// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.web;

import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.killswitch.fleet.api.WebConfig;
import org.killswitch.policy.PolicyException;

/**
 * Who may look: whoever knows the token, or comes through a reverse proxy on this machine that has let them in. Programs send
 * the token as {@code Authorization: Bearer}; a browser asks for a password and sends that, with any user name.
 */
final class Access {

    private static final Pattern TOKEN = Pattern.compile("[!-~]{20,200}");

    private final Optional<byte[]> token;
    private final Optional<String> userHeader;

    /**
     * Whom to let in.
     *
     * @param token nobody comes in by one if it is empty
     */
    Access(Optional<String> token, Optional<String> userHeader) {
        this.token = token.map(Access::hash);
        this.userHeader = userHeader;
    }

    static Access of(WebConfig config) throws PolicyException {
        Optional<Path> file = config.token();
        return new Access(file.isPresent() ? Optional.of(token(file.get())) : Optional.empty(), config.userHeader());
    }

    private static String token(Path file) throws PolicyException {
        try {
            if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                throw new PolicyException(file + " can be read by all users: run: chmod o= " + file);
            }
            String token = Files.readString(file).strip();
            if (!TOKEN.matcher(token).matches()) {
                throw new PolicyException(
                        file + " has no token: 20 to 200 letters, digits and signs in one line; make one"
                                + " with: openssl rand -hex 32");
            }
            return token;
        } catch (IOException e) {
            throw new PolicyException(file + " cannot be read: " + e, e);
        }
    }

    /** Whether a password would let anybody in. */
    boolean hasToken() {
        return token.isPresent();
    }

    boolean allows(Headers headers, InetAddress from) {
        return isFromProxy(headers, from) || knowsToken(headers);
    }

    private boolean isFromProxy(Headers headers, InetAddress from) {
        if (userHeader.isEmpty() || !from.isLoopbackAddress()) {
            return false;
        }
        // Two of them: the proxy has added its own to one that it should have taken away.
        List<String> users = headers.getOrDefault(userHeader.get(), List.of());
        return users.size() == 1 && !users.getFirst().isBlank();
    }

    private boolean knowsToken(Headers headers) {
        List<String> given = headers.getOrDefault("Authorization", List.of());
        if (token.isEmpty() || given.size() != 1) {
            return false;
        }
        String[] words = given.getFirst().strip().split(" +", 2);
        if (words.length != 2) {
            return false;
        }
        Optional<String> secret = switch (words[0].toLowerCase(Locale.ROOT)) {
            case "bearer" -> Optional.of(words[1]);
            case "basic" -> password(words[1]);
            default -> Optional.empty();
        };
        // Hashes have one length: how long it takes to compare them depends on nothing that is secret.
        return secret.isPresent() && MessageDigest.isEqual(token.get(), hash(secret.get()));
    }

    private static Optional<String> password(String encoded) {
        try {
            String text = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            return colon < 0 ? Optional.empty() : Optional.of(text.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
