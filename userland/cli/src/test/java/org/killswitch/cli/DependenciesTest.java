// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Dependencies point one way, and libraries stay where they belong. */
class DependenciesTest {

    /** A layer knows nothing of those after it. */
    private static final List<String> LAYERS = List.of("posix", "control", "host", "bpf", "guard", "catalogue", "lab", "cli");

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.killswitch");

    @Test
    void aLayerKnowsNothingOfThoseAfterIt() {
        LayeredArchitecture layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (String layer : LAYERS) {
            layers = layers.layer(layer).definedBy("org.killswitch." + layer + "..");
        }
        for (int i = 0; i < LAYERS.size(); i++) {
            List<String> after = LAYERS.subList(i + 1, LAYERS.size());
            layers = after.isEmpty()
                    ? layers.whereLayer(LAYERS.get(i)).mayNotBeAccessedByAnyLayer()
                    : layers.whereLayer(LAYERS.get(i)).mayOnlyBeAccessedByLayers(after.toArray(String[]::new));
        }
        layers.check(OURS);
    }

    @Test
    void onlyTheCommandLineParsesArgumentsAndRendersJson() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.killswitch.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "tools.jackson..")
                .check(OURS);
    }
}
