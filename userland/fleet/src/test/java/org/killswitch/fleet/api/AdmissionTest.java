// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.fleet.Keys;
import org.killswitch.policy.PolicyException;

/** Which messages a host takes for a policy, with signatures of the real ssh-keygen. */
class AdmissionTest {

    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

    private static final String POLICY = """
            serial: 7
            expires: 2026-12-31T00:00:00Z
            rings:
              - name: all
            entries:
              - symbol: f
                retval: -EPERM
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Keys keys;

    @BeforeEach
    void keys() throws Exception {
        keys = new Keys(folder);
    }

    private Admission check(byte[] message) throws PolicyException {
        return Admission.check(message, keys.signatures());
    }

    private void assertRefused(byte[] message, String why) {
        assertThatThrownBy(() -> check(message))
                .isInstanceOf(PolicyException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("\n");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatAnAllowedKeyHasSignedIsTaken() throws Exception {
        byte[] message = Keys.signed(POLICY, keys.allow("ann@example.org", ""));
        Admission admission = check(message);
        assertThat(admission.signer()).isEqualTo("ann@example.org");
        assertThat(admission.policy().serial()).isEqualTo(7);
        assertThat(admission.signed().message()).isEqualTo(message);
    }

    @Test
    void whatNobodyHasSignedWhoMayIsRefused() throws Exception {
        Path key = keys.allow("ann", "");
        byte[] message = Keys.signed(POLICY, key);
        assertRefused(bytes(POLICY), "not signed");
        assertRefused(new byte[0], "not signed");
        assertRefused(Keys.signed(POLICY, keys.stranger("eve")), "no key that");
        assertRefused(
                bytes(new String(message, StandardCharsets.UTF_8).replace("serial: 7", "serial: 8")), "signature");
        assertRefused(keys.signedForAnotherNamespace(POLICY, key), "signature");
        assertRefused(Arrays.copyOf(message, 100), "truncated");
        assertRefused(Arrays.copyOf(message, message.length - 1), "signature");
        assertRefused(bytes(new String(message, StandardCharsets.UTF_8) + "\n"), "signature");
        assertRefused(Arrays.copyOf(message, SignedPolicy.MAX + 1), "too large");
        message[message.length - 3] = (byte) 0xff;
        assertRefused(message, "not UTF-8");
    }

    @Test
    void keysHaveTheirTimesAndCanBeRevoked() throws Exception {
        Path later = keys.allow("later", "valid-after=\"20990101\"");
        Path over = keys.allow("over", "valid-before=\"20200101\"");
        Path lost = keys.allow("lost", "");
        byte[] byLost = Keys.signed(POLICY, lost);
        assertThat(check(byLost).signer()).isEqualTo("lost");
        keys.revoke(lost);
        assertRefused(byLost, "signature");
        assertRefused(Keys.signed(POLICY, later), "no key that");
        assertRefused(Keys.signed(POLICY, over), "no key that");
    }

    @Test
    void withoutAFileOfSignersNobodyMaySign() throws Exception {
        byte[] message = Keys.signed(POLICY, keys.allow("ann", ""));
        Signatures none = new Signatures(folder.resolve("missing"), folder.resolve("revoked_keys"));
        assertThatThrownBy(() -> Admission.check(message, none)).hasMessageContaining("cannot be read");
    }

    @Test
    void onlyANewerOneReplacesAnother() throws Exception {
        Admission seven = check(Keys.signed(POLICY, keys.allow("ann", "")));
        String digest = seven.signed().digest();
        seven.requireNewer(0, "", NOW);
        seven.requireNewer(6, "other", NOW);
        seven.requireNewer(7, digest, NOW);
        assertThatThrownBy(() -> seven.requireNewer(8, "other", NOW)).hasMessageContaining("older than 8");
        assertThatThrownBy(() -> seven.requireNewer(7, "other", NOW)).hasMessageContaining("another policy");
        assertThatThrownBy(() -> seven.requireNewer(0, "", Instant.parse("2026-12-31T00:00:00Z")))
                .hasMessageContaining("expired");
    }

    @Test
    void aKeyThatIsNotThereCannotSign() {
        assertThatThrownBy(() -> Signatures.sign(POLICY, folder.resolve("missing")))
                .isInstanceOf(PolicyException.class)
                .hasMessageContaining("cannot sign with");
    }
}
