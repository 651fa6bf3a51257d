// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.killswitch.lab.LabException;

final class BenchmarkGuestTest {
    @Test
    void readsWhatCallsTook() {
        BenchmarkGuest.Calls calls = BenchmarkGuest.Calls.parse("1300200 100000 -13\n");
        assertThat(calls).isEqualTo(new BenchmarkGuest.Calls(1300200, 100000, -13));
        assertThat(calls.instructions()).isEqualTo(13.002);
    }

    @Test
    void readsWhatCommandsTook() {
        assertThat(BenchmarkGuest.Spent.parse("12000000 345678\n"))
                .isEqualTo(new BenchmarkGuest.Spent(12000000, 345678))
                .hasToString("12.0 ms, 345678 instructions");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "13", "1 0 0", "1 2 x", "cat: no such file", "1 2 3 4", "1 2 3\n1 2 3"})
    void refusesWhatIsNoMeasurement(String text) {
        assertThatThrownBy(() -> BenchmarkGuest.Calls.parse(text)).isInstanceOf(LabException.class);
        assertThatThrownBy(() -> BenchmarkGuest.Spent.parse(text)).isInstanceOf(LabException.class);
    }

    @Test
    void addsUpMemoryOfTheKernelsOwn() {
        String meminfo = """
                MemTotal:        1000000 kB
                MemFree:          900000 kB
                Slab:              12000 kB
                SReclaimable:       5000 kB
                PageTables:          300 kB
                VmallocTotal:   34359738367 kB
                VmallocUsed:        4000 kB
                Percpu:               20 kB
                """;
        assertThat(BenchmarkGuest.memory(meminfo)).isEqualTo(16320);
        assertThatThrownBy(() -> BenchmarkGuest.memory("cat: no such file")).isInstanceOf(LabException.class);
    }
}
