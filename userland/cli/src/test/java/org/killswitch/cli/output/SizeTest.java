// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SizeTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "1536, 1.5 KiB",
        "223346688, 213 MiB",
        "1073741823, 1.0 GiB",
        "6442450944, 6.0 GiB",
        "9223372036854775807, 8388608 TiB",
    })
    void isReadable(long bytes, String text) {
        assertThat(Size.of(bytes)).isEqualTo(text);
    }
}
