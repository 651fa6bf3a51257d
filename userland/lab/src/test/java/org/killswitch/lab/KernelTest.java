// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.lab.debian.ModuleBuilder;
import org.killswitch.lab.image.KernelModules;

/** A kernel that is installed, as distributions lay it out. */
final class KernelTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path root;

    private Path file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void itsImageIsInBootOrBesideItsModules() throws IOException {
        Kernel kernel = Kernel.installed(root, "6.12");
        Path beside = file("lib/modules/6.12/vmlinuz", "");
        assertThat(kernel.image()).isEqualTo(beside);
        Path boot = file("boot/vmlinuz-6.12", "");
        assertThat(kernel.image()).isEqualTo(boot);
        assertThat(kernel.isInstalled()).isTrue();
    }

    @Test
    void itsModulesAreFoundWhereTheFolderIsALink() throws IOException {
        file("usr/lib/modules/6.12/modules.dep", "kernel/fs/9p/9p.ko.xz: kernel/net/9p/9pnet.ko.xz\n");
        file("usr/lib/modules/6.12/modules.alias.bin", "");
        file("usr/lib/modules/6.12/modules.builtin", "kernel/fs/overlayfs/overlay.ko\n");
        Files.createSymbolicLink(root.resolve("lib"), Path.of("usr/lib"));
        KernelModules modules = new KernelModules(new Cache(root.resolve("cache")), Kernel.installed(root, "6.12"));
        assertThat(modules.present(List.of("9p", "overlay", "9pnet_virtio"))).containsExactly("9p", "overlay");
        assertThat(modules.file("killswitch")).isEmpty();
    }

    @Test
    void withoutHeadersNothingIsBuiltForIt() throws IOException {
        Path source = file("source/Kbuild", "").getParent();
        ModuleBuilder builder = new ModuleBuilder(new Cache(root.resolve("cache")), Progress.none());
        assertThatThrownBy(() -> builder.build(Kernel.installed(root, "6.12"), source))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("install killswitch-dkms and the kernel's headers (linux-headers-6.12)");
    }
}
