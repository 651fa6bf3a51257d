package org.killswitch.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Dependencies point one way: cli to lab, bpf, kernel and control; none of those knows cli, or another. */
class DependenciesTest {

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.killswitch");

    @Test
    void controlKnowsNothingButTheJdk() {
        classes()
                .that()
                .resideInAPackage("org.killswitch.control..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.killswitch.control..", "java..", "org.jspecify..")
                .check(OURS);
    }

    @Test
    void whatTheKernelIsKnowsNothingButTheJdk() {
        classes()
                .that()
                .resideInAPackage("org.killswitch.kernel..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.killswitch.kernel..", "java..", "org.jspecify..")
                .check(OURS);
    }

    @Test
    void bpfKnowsNothingButTheJdk() {
        classes()
                .that()
                .resideInAPackage("org.killswitch.bpf..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.killswitch.bpf..", "java..", "org.jspecify..")
                .check(OURS);
    }

    @Test
    void theLabKnowsNeitherTheCommandLineNorControl() {
        noClasses()
                .that()
                .resideInAPackage("org.killswitch.lab..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.killswitch.cli..",
                        "org.killswitch.control..",
                        "org.killswitch.kernel..",
                        "org.killswitch.bpf..")
                .check(OURS);
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
