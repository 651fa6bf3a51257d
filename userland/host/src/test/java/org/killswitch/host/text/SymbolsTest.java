// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SymbolsTest {

    private static final String KALLSYMS = """
            0000000000000000 A fixed_percpu_data
            ffffffff81000000 T _stext
            ffffffff81000010 t __pfx_one
            ffffffff81000020 T one
            ffffffff81000040 t one.cold
            ffffffff81000050 T two
            ffffffff81000050 T two_alias
            ffffffff81001000 T _etext
            ffffffff82000000 r ops
            ffffffffc0002000 t late\t[mod]
            ffffffffc0001000 t $x\t[mod]
            ffffffffc0001000 t early\t[mod]
            ffffffffc0009000 t bpf_prog_1\t[bpf]
            """;

    private static Symbols symbols() throws IOException {
        return Symbols.parse(KALLSYMS.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatComesAndGoesAndWhatHasNoAddressIsLeftOut() throws IOException {
        assertThat(symbols().named("bpf_prog_1")).isEmpty();
        assertThat(symbols().named("$x")).isEmpty();
        assertThat(symbols().named("fixed_percpu_data")).isEmpty();
        assertThat(symbols().count()).isEqualTo(10);
    }

    @Test
    void modulesAreInOrderOfTheirAddressesAndKnowTheirNames() throws IOException {
        assertThat(symbols().named("early")).containsExactly(new Symbol(0xffffffffc0001000L, 't', "early", "mod"));
        assertThat(symbols().get(symbols().count() - 1).qualified()).isEqualTo("mod:late");
    }

    @Test
    void anObjectIsTheLastSymbolOfDataBeforeAnAddress() throws IOException {
        assertThat(symbols().object(0xffffffff82000018L))
                .get()
                .extracting(Symbol::name)
                .isEqualTo("ops");
        assertThat(symbols().object(0xffffffff81000021L)).isEmpty();
    }

    @Test
    void functionsOwnTheirColdPartsAndEndWhereTheNextSymbolBegins() throws IOException {
        Functions functions = new Functions(symbols());
        int one = functions.startingAt(0xffffffff81000020L);

        assertThat(functions.name(one)).isEqualTo("one");
        assertThat(functions.pieces(one))
                .containsExactly(
                        new Functions.Piece(0xffffffff81000020L, 0xffffffff81000040L),
                        new Functions.Piece(0xffffffff81000040L, 0xffffffff81000050L));
        assertThat(functions.containing(0xffffffff81000048L)).isEqualTo(one);
        assertThat(functions.containing(0xffffffff81000012L)).isNegative();
        assertThat(functions.startingAt(0xffffffff81000040L)).isNegative();
        assertThat(functions.containing(0xffffffff82000000L)).isNegative();
    }

    @Test
    void addressesThatAreHiddenAreAnErrorThatSaysWhatToDo() {
        String hidden = KALLSYMS.replaceAll("(?m)^\\w{16}", "0000000000000000");
        assertThatThrownBy(() -> Symbols.parse(hidden.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("run this as root");
        assertThatThrownBy(() -> Symbols.parse("no symbols at all, really\n".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unknown form");
    }
}
