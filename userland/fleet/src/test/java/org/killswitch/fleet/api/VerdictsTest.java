// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.killswitch.fleet.api.Verdicts.Cve;
import org.killswitch.policy.PolicyException;

/** What a host says of CVEs, from the scan's output to the one who reads it. */
class VerdictsTest {

    private static final Instant NOW = Instant.parse("2026-11-27T17:00:00Z");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Verdicts scanned(String cves) throws PolicyException {
        return Verdicts.ofScan(
                "web1", "6.1.0-50-amd64", NOW, bytes("{\"version\":1,\"data\":\"-\",\"cves\":[" + cves + "]}"));
    }

    @Test
    void aScanComesBackFromTheStore() throws PolicyException {
        Verdicts sent = scanned("""
                {"cve":"CVE-2026-31431","verdict":"affected","reachable":"any_user","reboot":"6.1.0-51-amd64"},
                {"cve":"CVE-2026-1000","verdict":"not present","reachable":"not_here","reboot":null,"evidence":[{}]},
                {"cve":"CVE-2026-1001","verdict":"affected","reachable":"any_user","reboot":null}""");
        Verdicts read = Verdicts.of("web1", sent.bytes());
        assertThat(read).isEqualTo(sent);
        assertThat(read.judged()).isEqualTo(NOW);
        assertThat(read.of("CVE-2026-31431")).contains(new Cve("affected", "any_user", Optional.of("6.1.0-51-amd64")));
        assertThat(read.of("CVE-2026-1000")).contains(new Cve("not present", "not_here", Optional.empty()));
        assertThat(read.of("CVE-2026-2")).isEmpty();
    }

    @Test
    void theNameIsThatOfThePlaceAndNotOfTheMessage() throws PolicyException {
        assertThat(Verdicts.of("web2", scanned("").bytes()).host()).isEqualTo("web2");
    }

    @Test
    void itIsBounded() throws PolicyException {
        Verdicts many = scanned(IntStream.range(0, 15_000)
                .mapToObj(i -> "{\"cve\":\"CVE-2026-" + (100_000_000 + i)
                        + "\",\"verdict\":\"affected\",\"reachable\":\"loaded\",\"reboot\":\"" + "6".repeat(64) + "\"}")
                .collect(Collectors.joining(",")));
        assertThat(many.cves()).hasSize(Verdicts.CVES_MAX);
        assertThat(many.omitted()).isEqualTo(15_000 - Verdicts.CVES_MAX);
        assertThat(many.bytes()).hasSizeLessThan(Report.MAX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "{}", "killswitch cve scan: no", "{\"data\":\"-\",\"cves\":[{\"cve\":\"CVE-1\"}]}"})
    void whatIsNoScanIsRefused(String output) {
        assertThatThrownBy(() -> Verdicts.ofScan("web1", "6.1", NOW, bytes(output)))
                .isInstanceOf(PolicyException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"kernel\":\"6.1\",\"judged\":\"yesterday\",\"omitted\":0}",
                "{\"kernel\":\"6.1\\u001b[2J\",\"judged\":\"2026-11-27T17:00:00Z\",\"omitted\":0}",
                "{\"kernel\":\"6.1\",\"judged\":\"2026-11-27T17:00:00Z\",\"omitted\":0,\"cves\":{\"affected\":{}}}",
                "{\"kernel\":\"6.1\",\"judged\":\"2026-11-27T17:00:00Z\",\"omitted\":0,"
                        + "\"cves\":{\"\\u001b[2J/loaded\":{}}}"
            })
    void aHostCannotSendWhatIsNone(String message) {
        assertThatThrownBy(() -> Verdicts.of("web1", bytes(message))).isInstanceOf(PolicyException.class);
    }

    @Test
    void whatIsNoNameOfACveIsNotShown() throws PolicyException {
        Verdicts read = Verdicts.of("web1", bytes("""
                {"kernel":"6.1","judged":"2026-11-27T17:00:00Z","omitted":0,
                 "cves":{"affected/loaded":{"CVE-2026-1000":"\\u001b[2J","\\u001b[2J":""}}}"""));
        assertThat(read.cves()).containsOnlyKeys("CVE-2026-1000");
        assertThat(read.of("CVE-2026-1000")).contains(new Cve("affected", "loaded", Optional.empty()));
    }
}
