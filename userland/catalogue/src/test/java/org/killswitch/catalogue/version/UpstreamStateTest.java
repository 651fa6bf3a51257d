// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamStateTest {

    /** CVE-2026-43284: two of its branches needed a second fix. */
    private static final String TWO_FIXES = "4.11:5.10.255 4.11:5.15.205 4.11:5.15.206 4.11:6.1.171 4.11:6.1.172 "
            + "4.11:6.6.138 4.11:6.12.87 4.11:6.18.28 4.11:7.0.5 4.11:7.1";

    /** CVE-2026-46333: backports brought it into old branches, which nobody fixes. */
    private static final String OLD_BRANCHES =
            "4.10:5.10.256 4.10:6.1.173 4.10:7.0.8 4.10:7.1 3.16.52:0 4.4.40:0 4.8.16:0 4.9.1:0";

    /** A flaw that a fix brought: mainline has it since 6.11, 5.10 and 6.1 by a backport. */
    private static final String BACKPORTED = "5.10.224:5.10.226 6.1.100:6.1.110 6.11:6.11.3 6.11:6.12";

    private static UpstreamVersion version(String text) {
        return UpstreamVersion.parse(text).orElseThrow();
    }

    private static List<FixRange> ranges(String text) {
        return Stream.of(text.split(" ", -1))
                .map(r -> r.split(":", 2))
                .map(r -> new FixRange(UpstreamVersion.parse(r[0]), UpstreamVersion.parse(r[1]), ""))
                .toList();
    }

    private static String judge(String version, String ranges) {
        return switch (UpstreamState.of(version(version), ranges(ranges))) {
            case UpstreamState.Before(var introduced) -> "before " + introduced;
            case UpstreamState.Fixed(var fixed, var fix) -> "fixed " + fixed;
            case UpstreamState.Affected(var introduced, var fixed) ->
                "affected since "
                        + introduced.map(UpstreamVersion::toString).orElse("?")
                        + " until "
                        + fixed.map(UpstreamVersion::toString).orElse("?");
            case UpstreamState.Undecided(var release) -> "undecided " + release;
        };
    }

    @ParameterizedTest
    @CsvSource({
        "4.10.17, before [4.11]",
        "4.11, affected since 4.11 until ?",
        "5.4.300, affected since 4.11 until ?",
        "5.10.254, affected since 4.11 until 5.10.255",
        "5.10.255, fixed 5.10.255",
        "5.15.205, affected since 4.11 until 5.15.206",
        "5.15.206, fixed 5.15.206",
        "6.1.171, affected since 4.11 until 6.1.172",
        "6.1.172, fixed 6.1.172",
        "6.19.14, affected since 4.11 until ?",
        "7.0, affected since 4.11 until 7.0.5",
        "7.1, fixed 7.1",
        "7.3.4, fixed 7.1",
        "7.1-rc2, undecided 7.1",
        "7.2-rc1, fixed 7.1",
    })
    void withTwoFixesInABranchTheLastOneCounts(String version, String expected) {
        assertThat(judge(version, TWO_FIXES)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "4.9, 'before [3.16.52, 4.4.40, 4.8.16, 4.9.1, 4.10]'",
        "4.9.1, affected since 4.9.1 until ?",
        "4.9.300, affected since 4.9.1 until ?",
        "4.4.39, 'before [3.16.52, 4.4.40, 4.8.16, 4.9.1, 4.10]'",
        "4.19.1, affected since 4.10 until ?",
        "6.1.173, fixed 6.1.173",
    })
    void aBackportReachesItsOwnBranchAlone(String version, String expected) {
        assertThat(judge(version, OLD_BRANCHES)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "5.10.223, 'before [5.10.224, 6.1.100, 6.11]'",
        "5.10.225, affected since 5.10.224 until 5.10.226",
        "5.10.226, fixed 5.10.226",
        "5.15.170, 'before [5.10.224, 6.1.100, 6.11]'",
        "6.1.105, affected since 6.1.100 until 6.1.110",
        "6.10.14, 'before [5.10.224, 6.1.100, 6.11]'",
        "6.11.2, affected since 6.11 until 6.11.3",
        "6.12.1, fixed 6.12",
    })
    void aFixCanBringAFlaw(String version, String expected) {
        assertThat(judge(version, BACKPORTED)).isEqualTo(expected);
    }

    @Test
    void aBranchThatGotTheFlawTwiceNeedsBothFixes() {
        String ranges = "4.11:6.1.50 4.11:6.4 6.1.60:6.1.70 6.5:6.6";
        assertThat(judge("6.1.55", ranges)).isEqualTo("fixed 6.1.50");
        assertThat(judge("6.1.65", ranges)).isEqualTo("affected since 6.1.60 until 6.1.70");
        assertThat(judge("6.1.70", ranges)).isEqualTo("fixed 6.1.70");
    }

    @Test
    void withoutAKnownBeginningAllBeforeTheFixHaveIt() {
        assertThat(judge("3.0.1", "0:6.1.50 0:6.4")).isEqualTo("affected since ? until ?");
        assertThat(judge("6.1.50", "0:6.1.50 0:6.4")).isEqualTo("fixed 6.1.50");
    }

    @Test
    void in26TheThirdNumberIsTheSeries() {
        assertThat(judge("2.6.32.7", "2.6.12:2.6.32.5 2.6.12:2.6.33")).isEqualTo("fixed 2.6.32.5");
        assertThat(judge("2.6.31", "2.6.12:2.6.32.5 2.6.12:2.6.33")).isEqualTo("affected since 2.6.12 until ?");
        assertThat(judge("2.6.11", "2.6.12:2.6.33")).isEqualTo("before [2.6.12]");
        assertThat(judge("3.2.1", "2.6.12:2.6.33")).isEqualTo("fixed 2.6.33");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "6", "6.", "6.12.", ".6", "6.12-", "6.12-rc", "6.12-rcx", "v6.12", "6.12.1.2.3", "6.12-2"})
    void isNoVersion(String text) {
        assertThat(UpstreamVersion.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.12", "6.12.95", "6.12-rc3", "2.6.32", "2.6.32.7", "3.0"})
    void isWrittenAsItIsRead(String text) {
        assertThat(version(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({
        "'>=4.14', 4.14, true",
        "'>=4.14', 4.13.9, false",
        "'>=4.14, <6.5', 6.4.12, true",
        "'>=4.14, <6.5', 6.5, false",
        "'>4.14,<=6.5', 6.5, true",
        "'>4.14,<=6.5', 6.5.1, false",
    })
    void aRangeIsAllOfItsComparisons(String range, String version, boolean contained) {
        assertThat(KernelRange.parse(range).orElseThrow().contains(version(version)))
                .isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "4.14", "=4.14", ">=4", ">=4.14,", ">=4.14 <6.5", "all"})
    void isNoRange(String text) {
        assertThat(KernelRange.parse(text)).isEqualTo(Optional.empty());
    }
}
