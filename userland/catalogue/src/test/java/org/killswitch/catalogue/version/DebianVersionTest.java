// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DebianVersionTest {

    private static DebianVersion version(String text) {
        return DebianVersion.parse(text).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "6.12.74-2, 6.12.9-1",
        "6.1.192-2, 6.1.192-1",
        "6.12.90-2, 6.12.90-2~bpo12+1",
        "6.12.90-2+b1, 6.12.90-2",
        "6.12-1, 6.12~rc6-1~exp1",
        "1:6.1-1, 6.12-1",
        "5.10.223-1, 5.10.223-1~deb10u1",
        "6.1.76-1+deb12u1, 6.1.76-1",
        "1.0a, 1.0",
        "1.0+, 1.0a",
        "1.0.1, 1.0-9",
    })
    void theFirstIsLater(String later, String earlier) {
        assertThat(version(later)).isGreaterThan(version(earlier));
        assertThat(version(earlier)).isLessThan(version(later));
    }

    @Test
    void leadingZeroesAndAMissingRevisionMakeNoDifference() {
        assertThat(version("6.01-1").isSameAs(version("6.1-01"))).isTrue();
        assertThat(version("6.1").isSameAs(version("6.1-0"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a1", "1:", "1.0-", "1 2", "6.1_2", "-1", ":1"})
    void isNoVersion(String text) {
        assertThat(DebianVersion.parse(text)).isEmpty();
    }

    @Test
    void knowsWhatABackportWasMadeFrom() {
        DebianVersion backport = version("6.12.90-2~bpo12+1");
        assertThat(backport.backportedTo()).hasValue(12);
        assertThat(backport.withoutBackport()).isEqualTo(version("6.12.90-2"));
        assertThat(backport.builtForRelease()).isEmpty();
        assertThat(backport.kernel()).contains(new UpstreamVersion(6, 12, 90, 0, 0));
        assertThat(version("6.1.153-1~deb11u1").builtForRelease()).hasValue(11);
        assertThat(version("6.1.153-1~deb11u1").backportedTo()).isEmpty();
        assertThat(version("6.12~rc6-1~exp1").kernel()).contains(new UpstreamVersion(6, 12, 0, 0, 6));
    }

    @ParameterizedTest
    @CsvSource({
        "6.12.90-2, true",
        "6.12.90-2~bpo12+1, true",
        "6.1.153-1~deb11u1, true",
        "6.12~rc6-1~exp1, true",
        "6.12.90-2.1, true",
        "6.12.90-2+b1, true",
        "1:6.18.34-1+rpt1, false",
        "6.18.34-1+rpt1, false",
        "6.12.13-1kali1, false",
        "6.8.12-9~pve1, false",
        "6.12.90, false",
    })
    void knowsDebiansOwnNumbersFromOthers(String text, boolean debians) {
        assertThat(version(text).isDebiansOwn()).isEqualTo(debians);
    }

    @Property
    void theOrderIsTotal(@ForAll("versions") String a, @ForAll("versions") String b, @ForAll("versions") String c) {
        DebianVersion x = version(a);
        DebianVersion y = version(b);
        DebianVersion z = version(c);
        assertThat(Integer.signum(x.compareTo(y))).isEqualTo(-Integer.signum(y.compareTo(x)));
        if (x.compareTo(y) <= 0 && y.compareTo(z) <= 0) {
            assertThat(x).isLessThanOrEqualTo(z);
        }
        assertThat(version(x.toString())).isEqualTo(x);
    }

    /** One shell asks dpkg for all pairs: starting it costs more than comparing. */
    @Test
    void dpkgSaysTheSame() throws IOException, InterruptedException {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                        .anyMatch(d -> new File(d, "dpkg").canExecute()),
                "there is no dpkg here to compare with");
        Random random = new Random(20260821);
        List<String> pairs = new ArrayList<>();
        StringBuilder script = new StringBuilder();
        for (int i = 0; i < 400; i++) {
            String a = randomVersion(random);
            String b = random.nextInt(3) == 0 ? changed(a, random) : randomVersion(random);
            pairs.add(a + " " + b);
            script.append("if dpkg --compare-versions '%s' lt '%s'; then echo -1; ".formatted(a, b))
                    .append("elif dpkg --compare-versions '%s' eq '%s'; then echo 0; else echo 1; fi\n"
                            .formatted(a, b));
        }
        Process shell = new ProcessBuilder("sh").redirectErrorStream(true).start();
        try (var in = shell.outputWriter()) {
            in.write(script.toString());
        }
        List<String> answers = shell.inputReader().readAllLines();
        assertThat(shell.waitFor()).isZero();
        assertThat(answers).hasSameSizeAs(pairs).contains("-1", "0", "1");
        for (int i = 0; i < pairs.size(); i++) {
            String[] pair = pairs.get(i).split(" ", 2);
            int ours = Integer.signum(version(pair[0]).compareTo(version(pair[1])));
            assertThat(ours).as(pairs.get(i)).isEqualTo(Integer.parseInt(answers.get(i)));
        }
    }

    private static String randomVersion(Random random) {
        String text = random.nextInt(4) == 0 ? random.nextInt(3) + ":" : "";
        text += random.nextInt(12) + randomPart(random);
        return random.nextInt(4) == 0 ? text : text + "-" + random.nextInt(3) + randomPart(random);
    }

    private static String randomPart(Random random) {
        String[] parts = {".", "~", "+", "a", "rc", "bpo", "deb", "0", "00", "1", "9", "10", "12", "Z", "~~", "u"};
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }

    private static String changed(String text, Random random) {
        return random.nextBoolean() ? text + randomPart(random) : text.replaceFirst("1", "01");
    }

    @Provide
    Arbitrary<String> versions() {
        Arbitrary<String> part =
                Arbitraries.strings().withChars("01 29.~+aZ".replace(" ", "")).ofMaxLength(6);
        return Combinators.combine(Arbitraries.integers().between(0, 2), part, part)
                .as((e, u, r) -> (e == 0 ? "" : e + ":") + "1" + u + (r.isEmpty() ? "" : "-" + r));
    }
}
