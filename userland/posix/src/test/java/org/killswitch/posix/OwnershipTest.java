// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OwnershipTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void isThatOfTheFile() throws IOException {
        Path file = Files.createFile(folder.resolve("f"));
        int uid = (Integer) Files.getAttribute(file, "unix:uid");
        Files.setAttribute(file, "unix:mode", 0640);
        assertThat(Ownership.of(file).uid()).isEqualTo(uid);
        assertThat(Ownership.of(file).permissions()).isEqualTo("0640");
        assertThat(Ownership.of(file).isFolder()).isFalse();
        assertThat(Ownership.of(folder).isFolder()).isTrue();
    }

    @Test
    void aLinkToAFolderIsNone() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
        assertThat(Ownership.of(link).isFolder()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0700, false, true,  true",
        "0755, false, true,  true",
        "0775, false, false, false",
        "0702, true,  false, false",
        "1777, true,  false, true",
        "1770, false, false, true",
    })
    void whoMayChangeIt(String mode, boolean all, boolean ownerOnly, boolean keeps) {
        Ownership ownership = new Ownership(0, 0040000 | Integer.parseInt(mode, 8));
        assertThat(ownership.isWritableByAll()).isEqualTo(all);
        assertThat(ownership.isWritableByOwnerOnly()).isEqualTo(ownerOnly);
        assertThat(ownership.keepsEntriesOfOwner()).isEqualTo(keeps);
    }
}
