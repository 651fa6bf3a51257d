// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.qemu;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.killswitch.lab.LabException;

final class QemuTest {

    @Test
    void aSocketsPathHasItsLimit() {
        assertThatCode(() -> Qemu.requireShort(Path.of("/" + "t".repeat(98) + "/control")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Qemu.requireShort(Path.of("/" + "t".repeat(99) + "/control")))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("set TMPDIR");
    }
}
