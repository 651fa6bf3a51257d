// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.killswitch.lab.qemu.Accelerator;

/** Whatever is changed of what a guest is to be, the rest stays. */
final class GuestSpecTest {

    private static final GuestSpec FULL = new GuestSpec(
            List.of("lsm=lockdown"),
            3,
            4711,
            List.of("af_alg"),
            Map.of("/f", Path.of("/etc/hostname")),
            Optional.empty(),
            Duration.ofSeconds(7),
            Optional.of(2222),
            Optional.of(2224),
            false,
            false,
            Accelerator.TCG);

    @SuppressWarnings("unused") // by the annotation
    private static final List<Change> CHANGES = List.of(
            new Change(
                    s -> s.withAppend(List.of("quiet")),
                    new GuestSpec(
                            List.of("lsm=lockdown", "quiet"),
                            3,
                            4711,
                            FULL.available(),
                            FULL.files(),
                            FULL.disk(),
                            FULL.timeout(),
                            FULL.ssh(),
                            FULL.reached(),
                            false,
                            false,
                            Accelerator.TCG)),
            new Change(
                    s -> s.withMachine(1, 512),
                    new GuestSpec(
                            FULL.append(),
                            1,
                            512,
                            FULL.available(),
                            FULL.files(),
                            FULL.disk(),
                            FULL.timeout(),
                            FULL.ssh(),
                            FULL.reached(),
                            false,
                            false,
                            Accelerator.TCG)),
            new Change(
                    s -> s.withAvailable(List.of("esp4")),
                    new GuestSpec(
                            FULL.append(),
                            3,
                            4711,
                            List.of("af_alg", "esp4"),
                            FULL.files(),
                            FULL.disk(),
                            FULL.timeout(),
                            FULL.ssh(),
                            FULL.reached(),
                            false,
                            false,
                            Accelerator.TCG)),
            new Change(
                    s -> s.withLibraries(Path.of("/usr/lib"), List.of("a.so")),
                    new GuestSpec(
                            FULL.append(),
                            3,
                            4711,
                            FULL.available(),
                            Map.of("/f", Path.of("/etc/hostname"), "/lib/a.so", Path.of("/usr/lib/a.so")),
                            FULL.disk(),
                            FULL.timeout(),
                            FULL.ssh(),
                            FULL.reached(),
                            false,
                            false,
                            Accelerator.TCG)),
            new Change(
                    s -> s.withTimeout(Duration.ofSeconds(8)),
                    new GuestSpec(
                            FULL.append(),
                            3,
                            4711,
                            FULL.available(),
                            FULL.files(),
                            FULL.disk(),
                            Duration.ofSeconds(8),
                            FULL.ssh(),
                            FULL.reached(),
                            false,
                            false,
                            Accelerator.TCG)),
            new Change(
                    s -> s.withSsh(2223),
                    new GuestSpec(
                            FULL.append(),
                            3,
                            4711,
                            FULL.available(),
                            FULL.files(),
                            FULL.disk(),
                            FULL.timeout(),
                            Optional.of(2223),
                            FULL.reached(),
                            false,
                            false,
                            Accelerator.TCG)),
            new Change(
                    s -> s.withReached(2225),
                    new GuestSpec(
                            FULL.append(),
                            3,
                            4711,
                            FULL.available(),
                            FULL.files(),
                            FULL.disk(),
                            FULL.timeout(),
                            FULL.ssh(),
                            Optional.of(2225),
                            false,
                            false,
                            Accelerator.TCG)),
            new Change(
                    GuestSpec::withInstructionCount,
                    new GuestSpec(
                            FULL.append(),
                            3,
                            4711,
                            FULL.available(),
                            FULL.files(),
                            FULL.disk(),
                            FULL.timeout(),
                            FULL.ssh(),
                            FULL.reached(),
                            true,
                            false,
                            Accelerator.TCG)));

    record Change(UnaryOperator<GuestSpec> change, GuestSpec result) {}

    @ParameterizedTest
    @FieldSource("CHANGES")
    void theRestStays(Change change) {
        assertThat(change.change().apply(FULL)).isEqualTo(change.result());
    }
}
