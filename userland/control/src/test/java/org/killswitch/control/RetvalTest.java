// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.killswitch.posix.Errno;

class RetvalTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-1, -1",
        "+7, 7",
        "0x10, 16",
        "-0X1f, -31",
        "010, 8",
        "-017, -15",
        "9223372036854775807, 9223372036854775807",
        "-9223372036854775808, -9223372036854775808",
        "-0x8000000000000000, -9223372036854775808",
        "-EPERM, -1",
        "-eacces, -13",
        "-EWOULDBLOCK, -11",
        "-ENOTSUP, -95",
        "-EHWPOISON, -133",
    })
    void readsWhatAnAdministratorTypes(String text, long value) throws InvalidInputException {
        assertThat(Retval.parse(text).value()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-", "+", "0x", "08", "1_000", "1.0", "one", " 1", "1 ", "--1", "0b1", "1e3", "-EFOO", "٣"})
    void refusesTheRest(String text) {
        assertThatThrownBy(() -> Retval.parse(text))
                .isInstanceOf(InvalidInputException.class)
                .message()
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"9223372036854775808", "-9223372036854775809", "0xffffffffffffffff", "123456789012345678901234"})
    void refusesWhatDoesNotFitALong(String text) {
        assertThatThrownBy(() -> Retval.parse(text)).hasMessageContaining("does not fit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EPERM", "+EPERM", "eperm"})
    void takesAPositiveErrnoForAMistake(String text) {
        assertThatThrownBy(() -> Retval.parse(text)).hasMessageContaining("did you mean -EPERM?");
    }

    @Test
    void showsTheNameWhereThereIsOne() {
        assertThat(new Retval(-1)).hasToString("-1 (EPERM)");
        assertThat(new Retval(-11)).hasToString("-11 (EAGAIN)");
        assertThat(new Retval(1)).hasToString("1");
        assertThat(new Retval(0)).hasToString("0");
        assertThat(new Retval(-41)).hasToString("-41");
        assertThat(new Retval(-5000)).hasToString("-5000");
        assertThat(new Retval(Long.MIN_VALUE)).hasToString("-9223372036854775808");
    }

    @Property
    void readsEveryLongInEveryNotation(@ForAll long value) throws InvalidInputException {
        assertThat(Retval.parse(Long.toString(value)).value()).isEqualTo(value);
        Assume.that(value >= 0);
        assertThat(Retval.parse("0x" + Long.toHexString(value)).value()).isEqualTo(value);
        assertThat(Retval.parse("-0" + Long.toOctalString(value)).value()).isEqualTo(-value);
    }

    @Property
    void readsEveryNameBack(@ForAll Errno errno) throws InvalidInputException {
        Retval retval = Retval.parse("-" + errno);
        assertThat(retval.value()).isEqualTo(-errno.number());
        assertThat(retval.errno()).contains(errno);
    }

    @Property
    void neverFailsInAnotherWay(@ForAll String text) {
        try {
            assertThat(Retval.parse(text).toString()).isNotEmpty();
        } catch (InvalidInputException e) {
            assertThat(e).message().isNotEmpty();
        }
    }
}
