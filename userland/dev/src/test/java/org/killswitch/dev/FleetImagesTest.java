// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each image has what it needs, and nothing that only another one does. */
class FleetImagesTest {

    private static final Path COMMAND = Path.of("../cli/target/killswitch");
    private static final Path FLEET = Path.of("../fleet/target/killswitch-fleet");
    private static final Path AGENT = Path.of("../fleet/target/killswitch-agent");

    private static List<String> libraries(Path image) throws IOException {
        try (Stream<Path> jars = Files.list(image.resolve("lib"))) {
            return jars.map(j -> j.getFileName().toString().replaceFirst("-[0-9].*", ""))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void theCommandHasNothingOfTheFleet() throws IOException {
        assertThat(libraries(COMMAND)).contains("cli").doesNotContain("fleet", "jnats");
    }

    @Test
    void theAgentIsSmall() throws IOException {
        assertThat(libraries(AGENT))
                .containsExactlyInAnyOrder(
                        "bpf",
                        "catalogue",
                        "control",
                        "fleet",
                        "guard",
                        "host",
                        "jackson-core",
                        "jnats",
                        "policy",
                        "posix",
                        "snakeyaml-engine",
                        "xz");
    }

    @Test
    void bothHaveTheLicencesOfTheirLibraries() throws IOException {
        for (Path image : List.of(FLEET, AGENT)) {
            try (Stream<Path> legal = Files.list(image.resolve("legal"))) {
                List<Path> folders = legal.toList();
                assertThat(folders).anyMatch(f -> f.getFileName().toString().startsWith("jnats-"));
                assertThat(folders)
                        .allSatisfy(f -> assertThat(f.resolve("LICENSE")).isNotEmptyFile());
            }
        }
    }

    @Test
    void theProgramsStart() throws IOException, InterruptedException {
        assertThat(run(FLEET.resolve("bin/killswitch-fleet"), "--help")).contains("push", "rollback", "serve");
        assertThat(run(AGENT.resolve("bin/killswitch-agent"), "/nonexistent"))
                .startsWith("killswitch-agent: /nonexistent cannot be read");
    }

    private static String run(Path program, String argument) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program.toString(), argument)
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
