// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SymbolFilterTest {

    private static final String SYMBOLS = """
            ffffffff81000000 T _stext
            ffffffff81000100 T vfs_mkdir
            ffffffff81000180 d vfs_mknod
            ffffffff81000200 T vfs_mkdirs
            ffffffff81000300 t vfs_mkdir.part.0
            ffffffff81000400 t bpf_lsm_x
            ffffffffc0000000 t vfs_mkdir	[a]
            ffffffffc0000100 t vfs_mknod	[a]
            """;

    /** Gives a few bytes at a time, and counts them. */
    private static final class Slow extends FilterInputStream {
        private final int step;
        private int count;

        Slow(String text, int step) {
            super(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
            this.step = step;
        }

        @Override
        public int read(byte[] to, int at, int length) throws IOException {
            int got = super.read(to, at, Math.min(length, step));
            count += Math.max(0, got);
            return got;
        }
    }

    private static List<String> read(InputStream text, boolean inModules, String... functions) throws IOException {
        Symbols symbols = new SymbolFilter(Set.of(functions), Set.of("_stext"), "bpf_lsm_", inModules).read(text);
        return IntStream.range(0, symbols.count())
                .mapToObj(symbols::get)
                .map(Symbol::qualified)
                .toList();
    }

    @Test
    void keepsWhatWasAskedForHoweverItComes() throws IOException {
        for (int step : new int[] {1, 7, 40, 1000}) {
            assertThat(read(new Slow(SYMBOLS, step), true, "vfs_mkdir"))
                    .containsExactly("_stext", "vfs_mkdir", "vfs_mkdir.part.0", "bpf_lsm_x", "a:vfs_mkdir");
        }
    }

    @Test
    void readsModulesOnlyIfItMust() throws IOException {
        assertThat(read(new Slow(SYMBOLS, 1), false, "vfs_mkdir"))
                .containsExactly("_stext", "vfs_mkdir", "vfs_mkdir.part.0", "bpf_lsm_x");
        // the kernel's own is no function
        assertThat(read(new Slow(SYMBOLS, 1), false, "vfs_mknod"))
                .containsExactly("_stext", "vfs_mknod", "bpf_lsm_x", "a:vfs_mknod");
        String modules = "ffffffffc0000200 t other\t[a]\n".repeat(100_000);
        Slow much = new Slow(SYMBOLS + modules, 1 << 20);
        read(much, false, "vfs_mkdir");
        assertThat(much.count).isLessThan(1 << 18);
    }

    @Test
    void hiddenAddressesBecomeTheOrderOfTheLines() throws IOException {
        String hidden = SYMBOLS.replaceAll("(?m)^[0-9a-f]{16}", "0".repeat(16));
        assertThat(read(new Slow(hidden, 1000), true, "vfs_mkdir"))
                .containsExactly("_stext", "vfs_mkdir", "vfs_mkdir.part.0", "bpf_lsm_x", "a:vfs_mkdir");
    }

    @Test
    void aShortNameIsFoundToo() throws IOException {
        assertThat(read(new Slow("ffffffff81000000 T ab\nffffffff81000010 T ab.part.0\n", 5), false, "ab"))
                .containsExactly("ab", "ab.part.0");
    }

    @Test
    void nothingIsAnError() {
        assertThatThrownBy(() -> read(new Slow("", 1), false, "x")).isInstanceOf(IOException.class);
    }
}
