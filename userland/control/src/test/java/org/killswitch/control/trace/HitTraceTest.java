// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HitTraceTest {

    @ParameterizedTest
    @CsvSource({"1, 4096", "16, 4096", "64, 1024", "256, 256", "1024, 64", "8192, 64"})
    void theBuffersOfAllCpusTakeNoMoreThan64MegabytesUpTo1024Cpus(int cpus, int each) {
        assertThat(HitTrace.bufferKb(cpus)).isEqualTo(each);
    }
}
