// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.killswitch.lab.Output;

/** What script/demo shows. */
final class DemoTest {

    @Test
    void theStoryGoesAsTold() {
        Output demo =
                Project.tryRun(List.of(Project.IMAGE.resolve("bin/killswitch").toString(), "demo"));
        assertThat(demo.status()).as(demo.output()).isZero();
        assertThat(demo.output())
                .contains("13/13", "): affected", "closed: bind: EPERM", "): fixed", "One command closed the way")
                .containsPattern("algif_aead:aead_bind +\\d+ +door +nobody");
    }
}
