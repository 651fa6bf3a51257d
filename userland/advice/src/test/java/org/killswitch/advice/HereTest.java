// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.host.SystemFiles;

/** What is said of a module by the files of a host. */
class HereTest {

    @TempDir
    Path root;

    @BeforeEach
    void makeHost() throws IOException {
        file("/proc/modules", """
            nls_utf8 12288 0 - Live 0xffffffffc0a00000
            ext4 1142784 2 - Live 0xffffffffc0b00000
            af_alg 36864 3 algif_aead,algif_skcipher, Live 0xffffffffc0c00000
            """);
        file("/proc/net/protocols", """
            protocol  size sockets  memory press maxhdr  slab module     cl co di ac io in de sh ss gs se re bi br ha uh gp em
            ALG        992      2      -1   NI       0   no   af_alg      n  n  n  n  n  n  n  n  n  n  n  n  n  n  n  n  n  n
            UNIX      1088    150      -1   NI       0   yes  kernel      y  n  n  n  n  n  n  n  n  n  n  n  n  n  n  n  n  n
            """);
        file("/proc/mounts", "/dev/sda1 / ext4 rw 0 0\n/dev/sda2 /boot ext3 rw 0 0\nproc /proc proc rw 0 0\n");
        file("/proc/sys/kernel/osrelease", "6.12.0\n");
        file("/lib/modules/6.12.0/modules.alias", "alias fs-ext3 ext4\nalias fs-ext4 ext4\nalias fs-xfs xfs\n");
    }

    private void file(String name, String text) throws IOException {
        Path file = root.resolve(name.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Finding here(String symbol) {
        return Here.of(new SystemFiles(root), symbol);
    }

    @Test
    void aModuleIsInUseByOtherModulesAndSockets() {
        Finding here = here("af_alg:af_alg_sendmsg");

        assertThat(here.level()).isEqualTo(Level.NOTE);
        assertThat(here.text()).isEqualTo("the module af_alg is in use on this host");
        assertThat(here.evidence())
                .containsExactly("3 references", "used by the modules algif_aead, algif_skcipher", "2 sockets");
    }

    @Test
    void aFileSystemIsInUseWhereItIsMountedUnderAnyOfItsNames() {
        assertThat(here("ext4:ext4_mkdir").evidence())
                .containsExactly("2 references", "mounted at /", "mounted at /boot");
    }

    @Test
    void aModuleMayBeIdleOrNotLoaded() {
        assertThat(here("nls_utf8:f").level()).isEqualTo(Level.OK);
        assertThat(here("nls_utf8:f").text()).isEqualTo("the module nls_utf8 is loaded, and nothing is seen to use it");
        assertThat(here("xfs:f").text()).isEqualTo("the module xfs is not loaded: nothing here uses it now");
    }

    @Test
    void ofTheKernelItselfNothingIsKnown() {
        assertThat(here("vfs_mkdir").text()).startsWith("it is built into the kernel");
    }
}
