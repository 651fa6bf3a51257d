// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose sources are built and run. */
final class SourceTreeTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private SourceTree tree = new SourceTree(Path.of(""));
    private int uid;

    @BeforeEach
    void makeTree() throws IOException {
        tree = new SourceTree(Files.createDirectory(folder.resolve("tree")));
        for (String part : new String[] {"kernel/arch", "selftests", "userland"}) {
            Files.createDirectories(tree.root().resolve(part));
        }
        Files.createFile(tree.root().resolve("kernel/Kbuild"));
        Files.createFile(tree.root().resolve("kernel/arch/x86.c"));
        uid = (Integer) Files.getAttribute(tree.root(), "unix:uid");
    }

    @Test
    void isFoundFromAFolderBelow() throws IOException {
        Path below = Files.createDirectories(tree.root().resolve("a/b"));
        assertThat(SourceTree.above(below)).hasValue(tree.root());
        assertThat(SourceTree.above(folder)).isEmpty();
    }

    @Test
    void isTakenFromItsOwner() {
        assertThatCode(() -> tree.requireTrusted(Set.of(uid))).doesNotThrowAnyException();
    }

    @Test
    void isRefusedFromAnotherUser() {
        assertThatThrownBy(() -> tree.requireTrusted(Set.of(uid + 1)))
                .isInstanceOf(LabException.class)
                .hasMessageContainingAll("belongs to uid " + uid, "--sources " + tree.root())
                .message()
                .hasLineCount(1);
    }

    @Test
    void isRefusedWhereEverybodyCanChangeAFile() throws IOException {
        Path file = tree.root().resolve("kernel/arch/x86.c");
        Files.setAttribute(file, "unix:mode", 0666);
        assertThatThrownBy(() -> tree.requireTrusted(Set.of(uid)))
                .hasMessageContainingAll(file + " can be changed by everyone");
    }

    @Test
    void isRefusedWhereEverybodyCanMakeAFile() throws IOException {
        Files.setAttribute(tree.root().resolve("selftests"), "unix:mode", 01777);
        assertThatThrownBy(() -> tree.requireTrusted(Set.of(uid))).hasMessageContaining("can be changed by everyone");
    }

    /** /tmp/kernel and /tmp/userland make a tree of /tmp. */
    @Test
    void isRefusedInAFolderThatEverybodyCanWriteTo() throws IOException {
        Files.setAttribute(tree.root(), "unix:mode", 01777);
        assertThatThrownBy(() -> tree.requireTrusted(Set.of(uid)))
                .hasMessageContaining(tree.root() + " can be changed by everyone");
    }

    @Test
    void aLinkIsNotWritableByAll() throws IOException {
        Files.createSymbolicLink(tree.root().resolve("kernel/link"), Path.of("Kbuild"));
        assertThatCode(() -> tree.requireTrusted(Set.of(uid))).doesNotThrowAnyException();
    }

    @Test
    void rootTrustsWhoeverCalledSudo() {
        assertThat(SourceTree.trustedUsers(0, "1000")).containsExactly(0, 1000);
        assertThat(SourceTree.trustedUsers(0, null)).containsExactly(0);
        assertThat(SourceTree.trustedUsers(0, "-1")).containsExactly(0);
        assertThat(SourceTree.trustedUsers(0, "x")).containsExactly(0);
        // others may set SUDO_UID to whatever they like, and gain nothing by it
        assertThat(SourceTree.trustedUsers(1000, "1001")).containsExactly(0, 1000);
    }

    @Test
    void installedSourcesAreOfTheCommandsVersion() throws IOException {
        Files.createDirectories(folder.resolve("killswitch-1.2/kernel"));
        Files.createFile(folder.resolve("killswitch-1.2/kernel/Kbuild"));
        assertThat(SourceTree.installed(folder, "1.2")).hasValue(folder.resolve("killswitch-1.2"));
        assertThat(SourceTree.installed(folder, "1.3")).isEmpty();
    }

    @Test
    void namedSourcesHaveToBeThere() {
        assertThat(SourceTree.named(tree.root()).module()).isEqualTo(tree.root().resolve("kernel"));
        assertThatThrownBy(() -> SourceTree.named(folder)).hasMessageContaining("has no kernel/Kbuild");
    }
}
