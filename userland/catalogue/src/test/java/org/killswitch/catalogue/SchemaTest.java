// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.json.JsonMapper;

/** Others check entries with mitigations/schema.json; what it says and what our reader says is the same. */
class SchemaTest {

    private static final Path MITIGATIONS = Path.of("../../mitigations");

    private final Schema schema;

    SchemaTest() throws IOException {
        schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(MITIGATIONS.resolve("schema.json")));
    }

    private List<Error> errors(String yaml) {
        Object data = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        return schema.validate(new JsonMapper().writeValueAsString(data), InputFormat.JSON);
    }

    @Test
    void acceptsWhatTheReaderReads() {
        assertThat(errors(EntryTexts.WHOLE)).isEmpty();
        assertThat(errors(EntryTexts.HONEST)).isEmpty();
    }

    static Stream<EntryTexts.Mistake> mistakes() {
        return EntryTexts.MISTAKES.stream();
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void refusesWhatTheReaderRefuses(EntryTexts.Mistake mistake) {
        assertThat(errors(EntryTexts.with(mistake))).as(mistake.message()).isNotEmpty();
    }

    @Test
    void bothAcceptEachFileOfTheCatalogue() throws IOException {
        try (Stream<Path> files = Files.list(MITIGATIONS)) {
            assertThat(files.filter(f -> f.toString().endsWith(".yaml"))).allSatisfy(file -> {
                assertThatCode(() -> EntryReader.read(file)).doesNotThrowAnyException();
                assertThat(errors(Files.readString(file))).isEmpty();
                assertThat(Files.readString(file)).startsWith("# SPDX-" + "License-Identifier: CC0-1.0\n");
            });
        }
    }
}
