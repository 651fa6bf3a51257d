// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.killswitch.policy.PolicyException;

/** What a policy says, and which host is in which ring. */
class FleetPolicyReaderTest {

    private static final String WHOLE = """
            serial: 7
            expires: 2026-12-31T00:00:00Z
            at-expiry: disengage
            confirm: 20m
            targets:
              - labels: [role=web, site=a]
                kernel: "6.1"
              - distribution: rhel
            rings:
              - name: canary
                labels: [canary=yes]
                observe: 5m
                gate: {soak: 10m, reached: 90%, failed: 5%, trouble: 1, hits: 1000}
              - name: few
                count: 2
              - name: part
                share: 12.5%
              - name: rest
            entries:
              - cve: CVE-2024-1086
                until: fixed
              - symbol: f
                retval: -EPERM
                when: "uid != 0"
            """;

    private static FleetPolicy read(String text) throws PolicyException {
        return FleetPolicyReader.read(Path.of("p.yaml"), text);
    }

    private static Member host(String name, String kernel, String distribution, String... labels) {
        Map<String, String> all = new HashMap<>();
        for (String label : labels) {
            all.put(label.replaceFirst("=.*", ""), label.replaceFirst(".*=", ""));
        }
        return new Member(name, all, kernel, distribution);
    }

    @Test
    void allKeys() throws Exception {
        FleetPolicy policy = read(WHOLE);
        assertThat(policy.serial()).isEqualTo(7);
        assertThat(policy.atExpiry()).isEqualTo(FleetPolicy.AtExpiry.DISENGAGE);
        assertThat(policy.confirm()).isEqualTo(Duration.ofMinutes(20));
        assertThat(policy.rings()).extracting(Ring::name).containsExactly("canary", "few", "part", "rest");
        Ring canary = policy.rings().getFirst();
        assertThat(canary.observe()).contains(Duration.ofMinutes(5));
        assertThat(canary.gate()).isEqualTo(new Ring.Gate(Duration.ofMinutes(10), 0.9, 0.05, 1, OptionalLong.of(1000)));
        assertThat(policy.rings().get(2).members()).isEqualTo(new Ring.Share(0.125));
        assertThat(policy.entries()).hasSize(2);
        assertThat(policy.entries().getLast().where()).isEqualTo("p.yaml:22");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "serial: 7|serial: 0|p.yaml:1: serial: '0' is not a serial number",
                "serial: 7|serial: 99999999999999999999|p.yaml:1: serial:",
                "expires: 2026-12-31T00:00:00Z|expires: soon|p.yaml:2: expires: 'soon' is not a time",
                "at-expiry: disengage|at-expiry: perhaps|p.yaml:3: at-expiry:",
                "confirm: 20m|confirm: 25h|p.yaml:4: confirm: from 1s to 24h",
                "confirm: 20m|confirm: 10m|undo the policy after confirm",
                "name: few|name: canary|two rings of the name canary",
                "count: 2|count: 101|p.yaml:15: rings[1].count: '101' is not a number from 1 to 100",
                "share: 12.5%|share: 101%|rings[2].share: '101%' is not a share",
                "share: 12.5%|share: 0%|rings[2].share: '0%' is not a share",
                "labels: [canary=yes]|labels: []|rings[0].labels: no labels",
                "labels: [canary=yes]|labels: [canary]|'canary' is not a label",
                "labels: [canary=yes]|labels: [a=b, a=c]|two values for the label a",
                "retval: -EPERM|retval: perhaps|entries[1].retval",
                "retval: -EPERM|reason: none|entries[1].retval: what is f to return?",
                "cve: CVE-2024-1086|symbol: g|entries[0].retval: what is g to return?",
                "entries:|entrys:|entries: this key is missing",
                "serial: 7|seriell: 7|serial: this key is missing",
                "at-expiry:|colour:|p.yaml:3: colour: unknown key",
                "observe: 5m|share: 10%|rings[0].name: a ring has labels, a share or a count",
            })
    void eachMistakeIsOneLineWithItsPlace(String right, String wrong, String said) {
        assertThat(WHOLE).contains(right);
        assertThatThrownBy(() -> read(WHOLE.replace(right, wrong)))
                .isInstanceOf(PolicyException.class)
                .hasMessageContaining(said)
                .hasMessageNotContaining("\n");
    }

    @Test
    void aHostIsInTheFirstRingThatItMatches() throws Exception {
        FleetPolicy policy = read(WHOLE);
        Map<String, Set<String>> chosen = Map.of("few", Set.of("two", "canary"));
        assertThat(policy.ringOf(host("x", "6.1.0-28-amd64", "debian", "role=web", "site=a", "canary=yes"), chosen))
                .map(Ring::name)
                .contains("canary");
        assertThat(policy.ringOf(host("two", "6.12.1", "rhel"), chosen))
                .map(Ring::name)
                .contains("few");
        assertThat(policy.ringOf(host("x", "6.12.1", "debian", "role=web", "site=a"), chosen))
                .as("6.1 is not 6.12")
                .isEmpty();
        assertThat(policy.ringOf(host("x", "6.1.2", "debian", "role=web"), chosen))
                .isEmpty();
    }

    @Test
    void aPlaceInAShareIsStableAndFair() throws Exception {
        FleetPolicy policy = read(WHOLE);
        List<String> part = IntStream.range(0, 4000)
                .mapToObj(i -> host("host-" + i, "6", "rhel"))
                .filter(h -> policy.ringOf(h, Map.of()).orElseThrow().name().equals("part"))
                .map(Member::name)
                .toList();
        assertThat(part).hasSizeBetween(420, 580);
        FleetPolicy wider = read(WHOLE.replace("12.5%", "25%"));
        assertThat(part)
                .allMatch(n -> wider.ringOf(host(n, "6.5", "rhel", "x=y"), Map.of())
                        .orElseThrow()
                        .name()
                        .equals("part"));
        // Written down: a later version must not move hosts.
        assertThat(host("web1", "", "").place()).isBetween(0.0, 1.0).isEqualTo(PLACE_OF_WEB1);
    }

    private static final double PLACE_OF_WEB1 = 0.3968887149087813;

    @Test
    void namesOfHosts() {
        assertThat(List.of("web1", "Web-1_x", "9")).allMatch(Member::isName);
        assertThat(List.of("", "web.example", "*", ">", "-x", "a b", "x".repeat(64)))
                .noneMatch(Member::isName);
    }

    @Test
    void whatIsInUseIsEngagedUnlessItIsToBeSkipped() throws PolicyException {
        assertThat(read(WHOLE).inUse()).isEqualTo(FleetPolicy.InUse.ENGAGE);
        FleetPolicy skipping = read(WHOLE + "in-use: skip\n");
        assertThat(skipping.inUse()).isEqualTo(FleetPolicy.InUse.SKIP);
        assertThat(skipping.without(Set.of("CVE-2024-1086")).entries())
                .hasSize(skipping.entries().size() - 1)
                .isSubsetOf(skipping.entries());
        assertThatThrownBy(() -> read(WHOLE + "in-use: yes\n"))
                .hasMessageContaining("in-use: 'yes' is not engage or skip");
    }
}
