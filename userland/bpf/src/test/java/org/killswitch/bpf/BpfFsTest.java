// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which folders programs are pinned in; whoever runs the tests is the user whose they have to be. */
final class BpfFsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private Path mount = Path.of("");
    private Path pins = Path.of("");
    private int uid;

    @BeforeEach
    void mount() throws IOException {
        mount = Files.createDirectory(temporary.resolve("bpf"));
        pins = Files.createDirectory(mount.resolve("killswitch"));
        uid = (Integer) Files.getAttribute(pins, "unix:uid");
        Files.setAttribute(pins, "unix:mode", 0700);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0700", "0755", "1777"})
    void trustsItsOwnFolderWhereOthersCannotReplaceIt(String mode) throws IOException {
        Files.setAttribute(mount, "unix:mode", Integer.parseInt(mode, 8));
        assertThatCode(() -> BpfFs.requireTrusted(pins, uid)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0777", "0770", "0702"})
    void refusesAMountWhereOthersCanReplaceTheFolder(String mode) throws IOException {
        Files.setAttribute(mount, "unix:mode", Integer.parseInt(mode, 8));
        assertThatThrownBy(() -> BpfFs.requireTrusted(pins, uid))
                .isInstanceOf(BpfException.class)
                .hasMessageContainingAll(mount + " belongs to uid " + uid, "mode " + mode, "chmod 0700 " + mount)
                .message()
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0777", "1777", "0720"})
    void refusesAFolderThatOthersCanWriteTo(String mode) throws IOException {
        Files.setAttribute(pins, "unix:mode", Integer.parseInt(mode, 8));
        assertThatThrownBy(() -> BpfFs.requireTrusted(pins, uid))
                .hasMessageContainingAll(pins + " belongs to uid " + uid, "mode " + mode, "rm -r " + pins);
    }

    @Test
    void refusesAFolderOfAnotherUser() {
        assertThatThrownBy(() -> BpfFs.requireTrusted(pins, uid + 1)).hasMessageContaining("belongs to uid " + uid);
    }

    @Test
    void refusesALinkAndAFile() throws IOException {
        Path link = Files.createSymbolicLink(mount.resolve("link"), pins);
        assertThatThrownBy(() -> BpfFs.requireTrusted(link, uid)).hasMessageContaining("not a folder");
        Path file = Files.createFile(mount.resolve("file"));
        assertThatThrownBy(() -> BpfFs.requireTrusted(file, uid)).hasMessageContaining("not a folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "../killswitch/a", "a\0b"})
    void removesNothingOutsideItsFolder(String name) throws IOException {
        Files.createFile(pins.resolve("a"));
        assertThatThrownBy(() -> new BpfFs(pins).remove(name)).hasMessageContaining("is not a name in " + pins);
        assertThat(pins.resolve("a")).exists();
    }

    @Test
    void removesByNameAndKnowsWhatMayBeMeant() throws IOException, BpfException {
        Files.createFile(pins.resolve("vsock_stream_sendmsg"));
        assertThatThrownBy(() -> new BpfFs(pins).remove("vsock_stream_sendmgs"))
                .hasMessageContaining("nothing is pinned as")
                .hasMessageContaining("vsock_stream_sendmsg");
        new BpfFs(pins).remove("vsock_stream_sendmsg");
        assertThat(pins).isEmptyDirectory();
    }

    @Test
    void tellsOverridesFromGuards() throws IOException {
        Files.createFile(pins.resolve("g"));
        Files.createFile(pins.resolve("f__when_123"));
        assertThat(new BpfFs(pins).overrides())
                .hasValueSatisfying(o -> assertThat(o).containsExactly("g"));
        assertThat(new BpfFs(mount.resolve("none")).overrides())
                .hasValueSatisfying(o -> assertThat(o).isEmpty());
    }
}
