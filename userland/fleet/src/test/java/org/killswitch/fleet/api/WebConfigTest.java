// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the page is served, and what is refused because it would be open to all. */
class WebConfigTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private Optional<WebConfig> read(String web) throws Exception {
        Path file = Files.writeString(
                folder.resolve("fleet.yaml"), "name: controller\nserver: tls://nats.example.org:4222\n" + web);
        return FleetConfig.read(file).web();
    }

    private void refused(String web, String message) {
        assertThatThrownBy(() -> read(web)).as(web).hasMessageContaining(message);
    }

    @Test
    void onLoopbackUnlessItIsSaid() throws Exception {
        assertThat(read("")).isEmpty();
        WebConfig usual = read("web: {token: /t}\n").orElseThrow();
        assertThat(usual.listen()).hasToString("/127.0.0.1:8470");
        assertThat(usual.token()).contains(Path.of("/t"));
        assertThat(usual.tls()).isEmpty();
        assertThat(read("web: {user-header: X-Remote-User, listen: '[::1]:80'}\n")
                        .orElseThrow()
                        .listen()
                        .getAddress()
                        .isLoopbackAddress())
                .isTrue();
        assertThat(read("web: {token: /t, listen: 192.0.2.1:443, certificate: /c, key: /k}\n")
                        .orElseThrow()
                        .tls())
                .contains(new WebConfig.Pem(Path.of("/c"), Path.of("/k")));
    }

    @Test
    void notOpenToAll() {
        refused("web: {listen: 127.0.0.1:80}\n", "needs a token");
        refused("web: {token: /t, listen: 192.0.2.1:80}\n", "web.listen: without certificate and key");
        refused("web: {token: /t, listen: 192.0.2.1:80}\n", "loopback address only");
        refused("web: {token: /t, certificate: /c}\n", "certificate and its key");
        for (String bad :
                new String[] {"localhost:80", "127.0.0.1", "127.0.0.1:65536", "::1:80", "300.1.1.1:80", "80"}) {
            refused("web: {token: /t, listen: '" + bad + "'}\n", "is not an address and a port");
        }
        refused("web: {user-header: 'a b'}\n", "the name of a header");
        refused("web: {token: /t, tls: yes}\n", "web.tls: unknown key");
    }
}
