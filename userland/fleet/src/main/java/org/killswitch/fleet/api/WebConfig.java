// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.catalogue.EntryException;
import org.killswitch.catalogue.YamlMapping;

/**
 * Where the controller serves its page and its metrics, and to whom.
 *
 * @param token the file of the secret that those who ask have to know
 * @param userHeader in which a reverse proxy on this machine says whom it has let in
 * @param tls certificate and key; empty: plain HTTP, which only this machine can ask for
 */
public record WebConfig(
        InetSocketAddress listen, Optional<Path> token, Optional<String> userHeader, Optional<Pem> tls) {

    /** A certificate, with those of its authorities after it, and its key. */
    public record Pem(Path certificate, Path key) {}

    private static final InetSocketAddress USUAL = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8470);
    private static final Pattern ADDRESS = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([0-9.]+)):([0-9]{1,5})");
    private static final Pattern HEADER = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,63}");
    private static final int PORT_MAX = 65_535;

    static WebConfig read(YamlMapping yaml) throws EntryException {
        InetSocketAddress listen = yaml.optionalParsed(
                        "listen", WebConfig::address, "an address and a port: 127.0.0.1:8470, [::1]:8470")
                .orElse(USUAL);
        Optional<Path> token = yaml.optionalText("token").map(Path::of);
        Optional<String> userHeader = yaml.optionalParsed(
                "user-header",
                t -> Optional.of(t).filter(h -> HEADER.matcher(h).matches()),
                "the name of a header: letters, digits and dashes");
        Optional<Path> certificate = yaml.optionalText("certificate").map(Path::of);
        Optional<Path> key = yaml.optionalText("key").map(Path::of);
        if (token.isEmpty() && userHeader.isEmpty()) {
            throw yaml.error("token", "the page needs a token, or the user-header of a reverse proxy");
        }
        if (certificate.isPresent() != key.isPresent()) {
            throw yaml.error("certificate", "TLS needs a certificate and its key");
        }
        if (certificate.isEmpty() && !listen.getAddress().isLoopbackAddress()) {
            throw yaml.error("listen", "without certificate and key, it listens on a loopback address only");
        }
        return new WebConfig(listen, token, userHeader, certificate.map(c -> new Pem(c, key.orElseThrow())));
    }

    /** An address, not a name: a name may turn into another address tomorrow. */
    private static Optional<InetSocketAddress> address(String text) {
        Matcher m = ADDRESS.matcher(text);
        if (!m.matches() || Integer.parseInt(m.group(3)) > PORT_MAX) {
            return Optional.empty();
        }
        try {
            InetAddress address = InetAddress.ofLiteral(m.group(1) == null ? m.group(2) : m.group(1));
            return Optional.of(new InetSocketAddress(address, Integer.parseInt(m.group(3))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
