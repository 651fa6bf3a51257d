// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.spec.PBEParameterSpec;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.killswitch.policy.PolicyException;

/**
 * TLS with certificates on both sides, but for the page. The NATS server's must be one for servers (extended key usage): each host has one of the
 * same authority, and none can pose as the server.
 */
public final class Tls {

    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final char[] NONE = new char[0];

    /**
     * A key store holds keys encrypted, by a password that is hashed ten thousand times. This one is never written, and has no
     * password: once will do.
     */
    private static final PBEParameterSpec ONCE = new PBEParameterSpec(new byte[8], 1);

    private static final String ENCRYPTION = "PBEWithHmacSHA256AndAES_256";

    private Tls() {}

    static SSLContext context(FleetConfig config) throws PolicyException {
        try {
            KeyStore authorities = empty();
            int index = 0;
            for (Certificate authority : certificates(config.ca())) {
                authorities.setCertificateEntry("ca" + index++, authority);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own(config.certificate(), config.key()), trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw unreadable(e);
        }
    }

    /** For a server that takes clients without a certificate. */
    public static SSLContext server(WebConfig.Pem pem) throws PolicyException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own(pem.certificate(), pem.key()), null, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw unreadable(e);
        }
    }

    private static PolicyException unreadable(Exception e) {
        return new PolicyException("certificates or key cannot be read: " + e.getMessage(), e);
    }

    private static KeyManager[] own(Path certificate, Path key) throws IOException, GeneralSecurityException {
        KeyStore own = empty();
        own.setEntry(
                "own",
                new KeyStore.PrivateKeyEntry(key(key), certificates(certificate).toArray(Certificate[]::new)),
                new KeyStore.PasswordProtection(NONE, ENCRYPTION, ONCE));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, NONE);
        return keys.getKeyManagers();
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws IOException, GeneralSecurityException {
        Collection<? extends Certificate> all = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
        if (all.isEmpty()) {
            throw new IOException(file + " has no certificate");
        }
        return all;
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        Matcher m = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        if (!m.find()) {
            throw new IOException(file + " is no private key in PKCS #8 (BEGIN PRIVATE KEY)");
        }
        PKCS8EncodedKeySpec encoded =
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(m.group(1)));
        GeneralSecurityException last = new GeneralSecurityException(file + " is no EC, RSA or Ed25519 key");
        for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (GeneralSecurityException e) {
                last.addSuppressed(e);
            }
        }
        throw last;
    }
}
