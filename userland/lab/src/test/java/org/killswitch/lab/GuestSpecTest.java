// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class GuestSpecTest {
    @Test
    void filesKeepTheirOrderSinceTheFirstOfAPathWins() {
        List<String> paths = IntStream.range(0, 50).mapToObj(i -> "/f" + i).toList();
        GuestSpec spec = GuestSpec.standard();
        for (String path : paths) {
            spec = spec.withFile(path, Path.of("/etc/hostname"));
        }
        assertThat(spec.files().keySet()).containsExactlyElementsOf(paths);
    }
}
