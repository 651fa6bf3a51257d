// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymbolNameTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "f",
                "af_alg_sendmsg",
                "af_alg:af_alg_sendmsg",
                "l2cap_connect.constprop.0",
                "f$1",
                "_f",
                "8021q:vlan_dev_init"
            })
    void acceptsNamesOfKallsyms(String text) throws InvalidInputException {
        assertThat(SymbolName.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "f g", "f\n", "1f", ":f", "m:", "a:b:c", "../engaged", "fn/f", "f\0", "ж", "--all"})
    void refusesWhatWouldMakeAnotherCommandOrPathOfIt(String text) {
        assertThatThrownBy(() -> SymbolName.parse(text)).isInstanceOf(InvalidInputException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"f+4", "f+0x10", "m:f-8"})
    void saysThatOffsetsAreRefused(String text) {
        assertThatThrownBy(() -> SymbolName.parse(text)).hasMessageContaining("offset");
    }

    @Property
    void whatItAcceptsIsOneWordAndNoPath(@ForAll String text) {
        try {
            assertThat(SymbolName.parse(text).text())
                    .doesNotContainAnyWhitespaces()
                    .doesNotContain("/", "\0");
        } catch (InvalidInputException e) {
            assertThat(e).message().isNotEmpty();
        }
    }

    @Test
    void aNameWithoutItsModuleMayBeTheSame() {
        assertThat(new SymbolName("f").mayBe(new SymbolName("m:f"))).isTrue();
        assertThat(new SymbolName("m:f").mayBe(new SymbolName("f"))).isTrue();
        assertThat(new SymbolName("m:f").mayBe(new SymbolName("n:f"))).isFalse();
        assertThat(new SymbolName("f").mayBe(new SymbolName("g"))).isFalse();
    }
}
