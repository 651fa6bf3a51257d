// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.control.SymbolName;

class BuiltInModulesTest {

    @TempDir
    private Path root;

    private String here(String symbol) {
        return new BuiltInModules(new SystemFiles(root))
                .here(new SymbolName(symbol))
                .text();
    }

    @Test
    void namesLoseAModuleThatIsBuiltIn() throws IOException {
        Files.createDirectories(root.resolve("proc/sys/kernel"));
        Files.writeString(root.resolve("proc/sys/kernel/osrelease"), "6.1.0-x\n");
        assertThat(here("overlay:f")).as("nothing is known").isEqualTo("overlay:f");
        Path modules = Files.createDirectories(root.resolve("lib/modules/6.1.0-x"));
        Files.writeString(modules.resolve("modules.builtin"), """
                kernel/fs/overlayfs/overlay.ko
                kernel/net/can/can-bcm.ko
                """);
        assertThat(here("overlay:f")).isEqualTo("f");
        assertThat(here("can_bcm:f.constprop.0")).isEqualTo("f.constprop.0");
        assertThat(here("over:f")).isEqualTo("over:f");
        assertThat(here("overlay")).isEqualTo("overlay");
    }
}
