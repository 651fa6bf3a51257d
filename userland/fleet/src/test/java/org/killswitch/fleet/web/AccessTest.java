// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.Headers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.fleet.api.WebConfig;
import org.killswitch.policy.PolicyException;

/** Who is let in. */
class AccessTest {

    private static final String TOKEN = "0123456789abcdef:0123456789abcdef";
    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("192.0.2.1");

    private final Access byToken = new Access(Optional.of(TOKEN), Optional.empty());
    private final Access byProxy = new Access(Optional.empty(), Optional.of("X-Remote-User"));

    private static Headers with(String name, String... values) {
        Headers headers = new Headers();
        List.of(values).forEach(v -> headers.add(name, v));
        return headers;
    }

    private static String basic(String text) {
        return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private boolean tokenAllows(String... authorization) {
        return byToken.allows(with("Authorization", authorization), ELSEWHERE);
    }

    @Test
    void theTokenFromAnywhere() {
        assertThat(tokenAllows("Bearer " + TOKEN)).isTrue();
        assertThat(tokenAllows("bearer  " + TOKEN + " ")).isTrue();
        assertThat(tokenAllows(basic("anybody:" + TOKEN))).isTrue();
        assertThat(tokenAllows(basic(":" + TOKEN))).isTrue();
    }

    @Test
    void nothingElse() {
        assertThat(byToken.allows(new Headers(), HERE)).isFalse();
        for (String wrong : List.of(
                "",
                "Bearer",
                "Bearer ",
                TOKEN,
                "Bearer " + TOKEN + "0",
                "Bearer " + TOKEN.substring(1),
                "Bearer " + TOKEN.toUpperCase(Locale.ROOT),
                "Digest " + TOKEN,
                "Basic " + TOKEN,
                "Basic !",
                basic(TOKEN.replace(":", "")),
                basic("u:" + TOKEN + "\n"),
                basic(TOKEN + ":u"))) {
            assertThat(tokenAllows(wrong)).as(wrong).isFalse();
        }
        assertThat(tokenAllows("Bearer " + TOKEN, "Bearer " + TOKEN)).isFalse();
        assertThat(byToken.allows(with("X-Remote-User", "ann"), HERE)).isFalse();
    }

    @Test
    void theUserOfAProxyOnThisMachineOnly() {
        assertThat(byProxy.allows(with("X-Remote-User", "ann"), HERE)).isTrue();
        assertThat(byProxy.allows(with("x-remote-user", "ann"), InetAddress.ofLiteral("::1")))
                .isTrue();
        assertThat(byProxy.allows(with("X-Remote-User", "ann"), ELSEWHERE)).isFalse();
        assertThat(byProxy.allows(with("X-Remote-User", "ann", "root"), HERE))
                .as("one that the client has sent, too")
                .isFalse();
        assertThat(byProxy.allows(with("X-Remote-User", " "), HERE)).isFalse();
        assertThat(byProxy.allows(with("Authorization", "Bearer "), HERE)).isFalse();
        assertThat(byProxy.allows(new Headers(), HERE)).isFalse();
    }

    @Test
    void theTokensFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), TOKEN + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        WebConfig config =
                new WebConfig(new InetSocketAddress(HERE, 0), Optional.of(file), Optional.empty(), Optional.empty());
        assertThat(Access.of(config).allows(with("Authorization", "Bearer " + TOKEN), ELSEWHERE))
                .isTrue();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> Access.of(config))
                .isInstanceOf(PolicyException.class)
                .hasMessageContaining("can be read by all users");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        for (String bad : List.of("", "short", TOKEN + "\n" + TOKEN, "with a blank 0123456789")) {
            Files.writeString(file, bad);
            assertThatThrownBy(() -> Access.of(config)).hasMessageContaining("has no token");
        }
        Files.delete(file);
        assertThatThrownBy(() -> Access.of(config)).hasMessageContaining("cannot be read");
    }
}
