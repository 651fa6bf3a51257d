// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Dependencies point one way, and libraries stay where they belong. */
class DependenciesTest {

    /** A layer knows nothing of those after it. */
    private static final List<String> LAYERS = List.of(
            "posix", "control", "host", "bpf", "guard", "advice", "catalogue", "policy", "lab", "cli", "fleet", "dev");

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.killswitch");

    @Test
    void aLayerKnowsNothingOfThoseAfterIt() {
        LayeredArchitecture layers = layeredArchitecture().consideringOnlyDependenciesInAnyPackage("org.killswitch..");
        for (String layer : LAYERS) {
            layers = layers.layer(layer).definedBy("org.killswitch." + layer + "..");
        }
        for (int i = 0; i < LAYERS.size(); i++) {
            List<String> after = LAYERS.subList(i + 1, LAYERS.size());
            layers = after.isEmpty()
                    ? layers.whereLayer(LAYERS.get(i)).mayNotBeAccessedByAnyLayer()
                    : layers.whereLayer(LAYERS.get(i)).mayOnlyBeAccessedByLayers(after.toArray(String[]::new));
        }
        layers.ensureAllClassesAreContainedInArchitecture().check(OURS);
    }

    @Test
    void aGroupOfCommandsKnowsNoOther() {
        slices().matching("org.killswitch.cli.(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(DescribedPredicate.alwaysTrue(), resideInAPackage("org.killswitch.cli.output"))
                .check(OURS);
    }

    @Test
    void onlyCommandsParseArgumentsAndRenderJson() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "org.killswitch.cli..", "org.killswitch.fleet.command..", "org.killswitch.dev..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "tools.jackson.databind..")
                .check(OURS);
    }

    @Test
    void onlyImportersReadJson() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "org.killswitch.cli..",
                        "org.killswitch.dev..",
                        "org.killswitch.fleet.api..",
                        "org.killswitch.catalogue.data..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("tools.jackson..")
                .check(OURS);
    }

    /** The image of a host's agent has no command line, and that of the command has no NATS. */
    @Test
    void onlyTheFleetsCommandsKnowTheCommandLine() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "org.killswitch.fleet.api..",
                        "org.killswitch.fleet.agent..",
                        "org.killswitch.fleet.controller..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.killswitch.cli..", "org.killswitch.lab..", "picocli..")
                .check(OURS);
        noClasses()
                .that()
                .resideOutsideOfPackages("org.killswitch.fleet..", "org.killswitch.dev..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.nats..")
                .check(OURS);
    }
}
