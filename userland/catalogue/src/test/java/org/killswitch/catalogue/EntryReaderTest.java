// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.killswitch.catalogue.version.UpstreamVersion;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

class EntryReaderTest {

    private static Entry parse(String text) throws EntryException {
        return EntryReader.parse(Path.of(EntryTexts.FILE), text);
    }

    private static Entry.Function function(String symbol, long retval, Optional<String> when) {
        return new Entry.Function(new SymbolName(symbol), new Retval(retval), when);
    }

    @Test
    void readsAWholeEntry() throws EntryException {
        Entry entry = parse(EntryTexts.WHOLE);
        assertThat(entry.name()).isEqualTo("Copy Fail");
        assertThat(entry.summary()).startsWith("An AEAD").endsWith("readable.").doesNotContain("\n");
        assertThat(entry.reach()).isEqualTo(Reach.ANY_USER);
        assertThat(entry.affected()).hasSize(3);
        assertThat(entry.affected().getFirst().fixed()).isEqualTo(UpstreamVersion.parse("5.10.254"));
        assertThat(entry.affected().get(2).introduced()).isEmpty();
        assertThat(entry.module()).contains("algif_aead");
        assertThat(entry.fixedFunctions()).containsExactly("_aead_recvmsg");
        assertThat(entry.engagements().getFirst().functions())
                .containsExactly(
                        function("af_alg:alg_bind", -1, Optional.of("arg2 == 88")),
                        function("aead_recvmsg", -1, Optional.empty()));
        assertThat(entry.engagements().get(1).functions().getFirst().retval()).isEqualTo(new Retval(16));
        assertThat(entry.inUse().orElseThrow().test()).contains("lsmod | grep -q algif_aead");
        assertThat(entry.otherMeasures().get(1).sysctl()).contains("crypto.af_alg_restrict=1");
        assertThat(entry.door()).contains("af_alg_aead");
        assertThat(entry.references()).hasSize(2);
    }

    @Test
    void readsThatThereIsNoEngagement() throws EntryException {
        Entry entry = parse(EntryTexts.HONEST);
        assertThat(entry.engagements()).isEmpty();
        assertThat(entry.noEngagement()).contains("All of the network passes there.");
        assertThat(entry.name()).isEqualTo("CVE-2026-31431");
    }

    @Test
    void theFirstEngagementForAKernelIsPreferred() throws EntryException {
        Entry entry = parse(EntryTexts.WHOLE);
        UpstreamVersion old = UpstreamVersion.parse("6.1.5").orElseThrow();
        UpstreamVersion recent = UpstreamVersion.parse("7.1").orElseThrow();
        assertThat(entry.engagementsFor(old))
                .hasSize(2)
                .first()
                .isSameAs(entry.engagements().getFirst());
        assertThat(entry.engagementsFor(recent))
                .containsExactly(entry.engagements().get(1));
    }

    static Stream<EntryTexts.Mistake> mistakes() {
        return EntryTexts.MISTAKES.stream();
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void saysWhereAMistakeIs(EntryTexts.Mistake mistake) {
        assertThatThrownBy(() -> parse(EntryTexts.with(mistake)))
                .isInstanceOf(EntryException.class)
                .hasMessageStartingWith(EntryTexts.FILE + ":")
                .hasMessageContaining(mistake.message());
    }

    @Test
    void saysWhatASchemaCannot() {
        EntryTexts.NOT_FOR_A_SCHEMA.forEach((text, message) -> assertThatThrownBy(() -> parse(text))
                .isInstanceOf(EntryException.class)
                .hasMessageContaining(message));
    }

    @Property(tries = 300)
    void whateverIsInAFileIsReadOrRefused(@ForAll String noise, @ForAll int at) {
        int position = Math.floorMod(at, EntryTexts.WHOLE.length());
        String text = EntryTexts.WHOLE.substring(0, position) + noise + EntryTexts.WHOLE.substring(position);
        try {
            assertThat(parse(text).cve()).isEqualTo("CVE-2026-31431");
        } catch (EntryException e) {
            assertThat(e).hasMessageStartingWith(EntryTexts.FILE + ":");
        }
    }

    @Test
    void aBrokenFileDoesNotKeepTheOthersOut(@TempDir Path folder) throws IOException {
        Path shipped = Files.createDirectory(folder.resolve("shipped"));
        Path own = Files.createDirectory(folder.resolve("own"));
        Files.writeString(shipped.resolve(EntryTexts.FILE), EntryTexts.WHOLE);
        Files.writeString(shipped.resolve("CVE-2026-1.yaml"), "cve: x\n");
        Files.writeString(shipped.resolve("schema.json"), "{}");
        Files.writeString(own.resolve(EntryTexts.FILE), EntryTexts.HONEST);
        Catalogue catalogue = Catalogue.read(List.of(shipped, own, folder.resolve("absent")));
        assertThat(catalogue.entry("CVE-2026-31431").orElseThrow().reach()).isEqualTo(Reach.NETWORK);
        assertThat(catalogue.entries()).hasSize(1);
        assertThat(catalogue.problems())
                .satisfiesExactly(
                        broken -> assertThat(broken).contains("CVE-2026-1.yaml:1: cve: 'x' is not"),
                        hidden -> assertThat(hidden).startsWith(own.toString()).contains(" is used instead of "));
    }
}
