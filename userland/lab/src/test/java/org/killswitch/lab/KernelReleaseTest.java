// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class KernelReleaseTest {

    @Test
    void isFoundByItsName() {
        assertThat(KernelRelease.named("6.12").suite()).isEqualTo("bookworm-backports");
    }

    @Test
    void anUnknownNameIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> KernelRelease.named("6.13"))
                .isInstanceOf(LabException.class)
                .hasMessageStartingWith("no kernel \"6.13\": there are 5.10, 6.1, 6.12, 6.18, newest, 6.1-arm64");
    }
}
