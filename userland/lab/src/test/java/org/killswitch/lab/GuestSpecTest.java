// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.killswitch.lab.qemu.Accelerator;

/** Whatever is changed of what a guest is to be, the rest stays. */
final class GuestSpecTest {

    private static final GuestSpec FULL = new GuestSpec(
            List.of("lsm=lockdown"),
            3,
            Optional.of("EPYC"),
            4711,
            List.of("af_alg"),
            Map.of("/f", Path.of("/etc/hostname")),
            Optional.empty(),
            Duration.ofSeconds(7),
            Optional.of(2222),
            Optional.of(2224),
            false,
            Optional.empty(),
            Accelerator.TCG);

    @SuppressWarnings("unused") // by the annotation
    private static final List<Change> CHANGES = List.of(
            new Change(s -> s.withAppend(List.of("quiet")), Map.of("append", List.of("lsm=lockdown", "quiet"))),
            new Change(s -> s.withMachine(1, 512), Map.of("cpus", 1, "memory", 512)),
            new Change(s -> s.withModel("Skylake-Server"), Map.of("model", Optional.of("Skylake-Server"))),
            new Change(s -> s.withAvailable(List.of("esp4")), Map.of("available", List.of("af_alg", "esp4"))),
            new Change(
                    s -> s.withLibraries(Path.of("/usr/lib"), List.of("a.so")),
                    Map.of("files", Map.of("/f", Path.of("/etc/hostname"), "/lib/a.so", Path.of("/usr/lib/a.so")))),
            new Change(s -> s.withTimeout(Duration.ofSeconds(8)), Map.of("timeout", Duration.ofSeconds(8))),
            new Change(s -> s.withSsh(2223), Map.of("ssh", Optional.of(2223))),
            new Change(s -> s.withReached(2225), Map.of("reached", Optional.of(2225))),
            new Change(GuestSpec::withInstructionCount, Map.of("countsInstructions", true)),
            new Change(
                    s -> s.withHostsFiles(GuestSpec.Init.SHELL),
                    Map.of("overHost", Optional.of(GuestSpec.Init.SHELL))));

    /**
     * A change.
     *
     * @param components what is another one after it
     */
    record Change(UnaryOperator<GuestSpec> change, Map<String, Object> components) {}

    @ParameterizedTest
    @FieldSource("CHANGES")
    void theRestStays(Change change) throws ReflectiveOperationException {
        GuestSpec changed = change.change().apply(FULL);
        Map<String, Object> expected = components(FULL);
        assertThat(expected).containsKeys(change.components().keySet().toArray(String[]::new));
        expected.putAll(change.components());
        assertThat(components(changed)).isEqualTo(expected);
    }

    private static Map<String, Object> components(GuestSpec spec) throws ReflectiveOperationException {
        Map<String, Object> components = new TreeMap<>();
        for (RecordComponent component : GuestSpec.class.getRecordComponents()) {
            components.put(component.getName(), component.getAccessor().invoke(spec));
        }
        return components;
    }
}
