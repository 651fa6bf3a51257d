// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;
import org.killswitch.lab.KernelRelease;

/**
 * The kernels that tests run on. The system property {@value #PROPERTY} names them, separated by commas; without it the
 * whole suite runs on the one that most machines have, and the selftests and the lists on the oldest and the newest as well,
 * and on the other architecture.
 */
final class Kernels {
    /** Of the tests that run once for each kernel; "script/dev matrix" chooses them by it. */
    static final String TAG = "kernel";

    /** Of those that ask nothing but the module and programs in C: "script/dev matrix" runs them on the ports. */
    static final String MODULE_TAG = "module";

    /** The system property that is true where "script/dev matrix" runs them, and time is no matter. */
    static final String MATRIX = "killswitch.matrix";

    private static final String PROPERTY = "killswitch.kernels";

    /** The best way to override that the module may use; "script/dev matrix --backend" chooses it. */
    static final String BACKEND = System.getProperty("killswitch.backend", "direct");

    private static final List<String> REPRESENTATIVE = List.of("6.12");

    private static final List<String> SELFTESTED = List.of("5.10", "6.12", "newest", "6.12-arm64");

    private Kernels() {}

    /** Whether "script/dev matrix" runs the tests. */
    static boolean inMatrix() {
        return Boolean.getBoolean(MATRIX);
    }

    private static Stream<Arguments> named(List<String> unlessGiven) {
        String given = System.getProperty(PROPERTY, "");
        if (given.isEmpty()) {
            tellWhatIsLeft();
        }
        List<String> names = given.isEmpty() ? unlessGiven : List.of(given.split(",", -1));
        return names.stream().map(KernelRelease::named).map(r -> Arguments.of(r.name()));
    }

    /** For script/test to print. */
    private static void tellWhatIsLeft() {
        String left = "the suite ran on " + String.join(", ", REPRESENTATIVE) + ", the selftests and the lists on "
                + String.join(", ", SELFTESTED) + ": script/dev matrix runs everything on all kernels\n";
        try {
            Files.writeString(Project.ROOT.resolve("userland/systemtest/target/left-to-matrix"), left);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static final class Chosen implements ArgumentsProvider {
        @Override
        public Stream<Arguments> provideArguments(ParameterDeclarations parameters, ExtensionContext context) {
            return named(REPRESENTATIVE);
        }
    }

    static final class Selftested implements ArgumentsProvider {
        @Override
        public Stream<Arguments> provideArguments(ParameterDeclarations parameters, ExtensionContext context) {
            return named(SELFTESTED);
        }
    }
}
