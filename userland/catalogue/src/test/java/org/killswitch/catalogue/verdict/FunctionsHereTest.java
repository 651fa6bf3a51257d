// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.HostFiles;
import org.killswitch.catalogue.version.KernelRange;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

class FunctionsHereTest {

    @TempDir
    private Path root;

    private List<String> here(String symbols, String... functions) throws IOException {
        HostFiles host = new HostFiles(root)
                .runs("6.12.95-kcfi", "#1 SMP")
                .modules("kernel/crypto/algif_aead.ko:\n", "kernel/fs/overlayfs/overlay.ko\n")
                .file("/proc/kallsyms", symbols);
        Entry.Engagement engagement = new Entry.Engagement(
                KernelRange.ALL,
                List.of(functions).stream()
                        .map(f -> new Entry.Function(new SymbolName(f), new Retval(-1), Optional.empty()))
                        .toList(),
                "",
                "",
                Optional.empty());
        return new FunctionsHere(host.facts())
                .of(engagement).functions().stream()
                        .map(f -> f.symbol() + " " + f.retval().value())
                        .toList();
    }

    @Test
    void ofAModuleThatIsBuiltInTheyAreTheKernels() throws IOException {
        assertThat(here("", "overlay:ovl_init_fs_context", "algif_aead:aead_bind"))
                .containsExactly("ovl_init_fs_context -1", "algif_aead:aead_bind -1");
    }

    @Test
    void whatACompilerHasMadePartOfASystemCallsEntriesIsThese() throws IOException {
        String entries = """
                0000000000000000 t __x64_sys_io_uring_setup
                0000000000000000 t __ia32_sys_io_uring_setup
                """;
        assertThat(here(entries, "io_uring_setup"))
                .containsExactly("__x64_sys_io_uring_setup -1", "__ia32_sys_io_uring_setup -1");
        assertThat(here(entries + "0000000000000000 t io_uring_setup\n", "io_uring_setup"))
                .containsExactly("io_uring_setup -1");
        assertThat(here("", "io_uring_setup")).containsExactly("io_uring_setup -1");
        assertThat(here(
                        "0000000000000000 t __x64_sys_sendmsg\n0000000000000000 t __ia32_compat_sys_socketcall\n",
                        "sendmsg"))
                .as("there are more ways to it")
                .containsExactly("sendmsg -1");
    }
}
