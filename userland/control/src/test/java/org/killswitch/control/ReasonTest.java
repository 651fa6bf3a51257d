// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReasonTest {

    @Test
    void isWhatTheModuleKeeps() throws Exception {
        assertThat(Reason.parse(" CVE-2026-31431 # ticket \"7\" ").text()).isEqualTo("CVE-2026-31431 # ticket \"7\"");
        assertThat(Reason.parse("x".repeat(Reason.MAX)).text()).hasSize(Reason.MAX);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a\nb", "a\tb", "caf\u00e9", "\uFFFD", "\u007f"})
    void refusesWhatTheModuleRefuses(String text) {
        assertThatThrownBy(() -> Reason.parse(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("a reason is 1 to 120 printable ASCII characters");
        assertThatThrownBy(() -> new Reason(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hasALimit() {
        assertThatThrownBy(() -> Reason.parse("x".repeat(Reason.MAX + 1))).isInstanceOf(InvalidInputException.class);
    }
}
