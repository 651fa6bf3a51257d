// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SymbolsTest {

    @TempDir
    Path folder;

    @Test
    void aModuleIsNamedWhereThereIsOneOnly() throws IOException {
        Path list = folder.resolve("kallsyms");
        Files.writeString(list, """
                ffffffff81000000 T in_kernel
                ffffffff81000010 t in_both
                ffffffff81000020 D data
                ffffffffc0000000 t in_module\t[m]
                ffffffffc0000010 t in_both\t[m]
                ffffffffc0000020 t in_two\t[m]
                ffffffffc0000030 t data\t[m]
                ffffffffc0001000 t in_two\t[n]
                ffffffffc0001010 t in_module_as_well\t[n]
                ffffffffc0001020 t twice\t[n]
                ffffffffc0001030 t twice\t[n]
                """);
        assertThat(Symbols.moduleOf(list, "in_module")).contains("m");
        assertThat(Symbols.moduleOf(list, "data"))
                .as("the other one is no function")
                .contains("m");
        assertThat(Symbols.moduleOf(list, "twice")).contains("n");
        assertThat(Symbols.moduleOf(list, "in_two")).isEmpty();
        assertThat(Symbols.moduleOf(list, "in_both")).isEmpty();
        assertThat(Symbols.moduleOf(list, "in_kernel")).isEmpty();
        assertThat(Symbols.moduleOf(list, "nowhere")).isEmpty();
    }
}
