// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** Each file of the repository says under which licence it is, and the image carries those of its libraries. */
class LicencesTest {

    private static final Path ROOT = Repository.ROOT;
    private static final Path IMAGE = ROOT.resolve("userland/cli/target/killswitch");

    /** Some write it into what they generate: it counts where it stands alone in one of the first lines. */
    private static final Pattern SPDX = Pattern.compile(
            "(?://|/\\*|#|\\{#|<!--|\\.\\\\\")? ?SPDX-" // two parts, or licence checkers take this
                    // for a licence
                    + "License-Identifier: ([\\w.-]+)(?: \\*/| -->| #\\})?");

    private static final Pattern ANNOTATION = Pattern.compile("^(path|SPDX-License-Identifier) = (.+)$");
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

    /** Folders whose licence is not that of the rest, the most special first. */
    private static final List<Rule> RULES = List.of(
            new Rule("mitigations/**", "CC0-1.0"),
            new Rule("{kernel,selftests}/**", "GPL-2.0-only"),
            new Rule("bench/{*.c,*.h,Kbuild,Makefile}", "GPL-2.0-only"),
            new Rule("userland/*/src/test/bpf/**", "GPL-2.0-only"),
            new Rule("userland/systemtest/src/test/{modules,programs}/**", "GPL-2.0-only"),
            new Rule("userland/advice/src/test/resources/**", "GPL-2.0-only"),
            new Rule("**", "GPL-2.0-or-later"));

    private record Rule(PathMatcher files, String licence) {

        private Rule(String glob, String licence) {
            this(FileSystems.getDefault().getPathMatcher("glob:" + glob), licence);
        }
    }

    @Test
    void eachFileIsUnderTheLicenceOfItsFolder() throws IOException, InterruptedException {
        List<Rule> reuse = reuse();
        List<String> wrong = new ArrayList<>();
        for (Path file : files()) {
            String expected = of(file, RULES).orElseThrow();
            Optional<String> said = spdx(file).or(() -> of(file, reuse));
            if (!said.equals(Optional.of(expected))) {
                wrong.add(file + ": " + said.orElse("no licence") + " instead of " + expected);
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void theTextOfEachLicenceIsThere() throws IOException, InterruptedException {
        Set<String> said = new LinkedHashSet<>();
        for (Path file : files()) {
            spdx(file).ifPresent(l -> said.add(l + ".txt"));
        }
        try (Stream<Path> texts = Files.list(ROOT.resolve("LICENSES"))) {
            assertThat(texts.map(t -> t.getFileName().toString())).containsExactlyInAnyOrderElementsOf(said);
        }
    }

    @Test
    void theImageHasTheLicenceOfEachLibrary() throws IOException {
        assertThat(IMAGE).as("the image: script/maven package makes it").isDirectory();
        List<String> libraries = libraries();
        assertThat(libraries).anyMatch(l -> l.startsWith("jackson-core-"));
        for (String library : libraries) {
            assertThat(IMAGE.resolve("legal/" + library + "/LICENSE")).isNotEmptyFile();
            assertThat(IMAGE.resolve("legal/" + library + "/COPYRIGHT")).isNotEmptyFile();
        }
        assertThat(IMAGE.resolve("runtime/legal/java.base/LICENSE")).isNotEmptyFile();
    }

    @Test
    void debianKnowsTheLicenceOfEachLibrary() throws IOException {
        List<String> stanzas = List.of(
                Files.readString(ROOT.resolve("packaging/debian/copyright")).split("\n\n", -1));
        for (String library : libraries()) {
            String stanza = stanzas.stream()
                    .filter(s -> s.startsWith("Files: usr/lib/killswitch*/lib/"))
                    .filter(s -> of(
                                    Path.of(library + ".jar"),
                                    List.of(new Rule(
                                            s.lines().findFirst().orElseThrow().replaceFirst(".*/", ""), "")))
                            .isPresent())
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("debian/copyright says nothing about " + library));
            String licences = stanza.replaceFirst("(?s).*\nLicense: ([^\n]*).*", "$1");
            for (String licence : licences.split(" and ", -1)) {
                assertThat(stanzas)
                        .as(library)
                        .anyMatch(s -> s.startsWith("License: " + licence + "\n") && s.contains("\n "));
            }
        }
    }

    /** Section 4(b) of the Apache License. */
    @Test
    void whatIsModifiedSaysSo() throws IOException {
        List<String> picocli =
                libraries().stream().filter(l -> l.startsWith("picocli-")).toList();
        assertThat(picocli).hasSize(1).allMatch(l -> l.endsWith("+killswitch"));
        try (ZipFile jar =
                new ZipFile(IMAGE.resolve("lib/" + picocli.getFirst() + ".jar").toFile())) {
            String notice = new String(
                    jar.getInputStream(jar.getEntry("META-INF/MODIFIED")).readAllBytes(), StandardCharsets.UTF_8);
            assertThat(notice).contains("killswitch changed these files", "picocli/CommandLine.class");
        }
        assertThat(IMAGE.resolve("legal/" + picocli.getFirst() + "/MODIFIED")).isNotEmptyFile();
    }

    private static List<String> libraries() throws IOException {
        String version =
                Files.readString(ROOT.resolve("dkms.conf")).replaceFirst("(?s).*PACKAGE_VERSION=\"([^\"]*)\".*", "$1");
        try (Stream<Path> jars = Files.list(IMAGE.resolve("lib"))) {
            return jars.map(j -> j.getFileName().toString().replaceFirst("\\.jar$", ""))
                    .filter(j -> !j.endsWith("-" + version))
                    .sorted()
                    .toList();
        }
    }

    /** All but texts of licences, which are under none. */
    private static List<Path> files() throws IOException, InterruptedException {
        return Repository.files().stream()
                .filter(f -> !f.startsWith("LICENSES")
                        && !f.getFileName().toString().matches("LICENSE([.-].*)?|REUSE\\.toml"))
                .toList();
    }

    private static Optional<String> spdx(Path file) throws IOException {
        String text = Files.readString(ROOT.resolve(file), StandardCharsets.ISO_8859_1);
        return text.lines()
                .limit(2)
                .map(l -> SPDX.matcher(l.strip()))
                .filter(Matcher::matches)
                .map(m -> m.group(1))
                .findFirst();
    }

    private static Optional<String> of(Path file, List<Rule> rules) {
        return rules.stream()
                .filter(r -> r.files().matches(file))
                .map(Rule::licence)
                .findFirst();
    }

    /** What REUSE.toml says, in the form that this repository's has. */
    private static List<Rule> reuse() throws IOException {
        List<Rule> rules = new ArrayList<>();
        List<String> paths = List.of();
        for (String line : Files.readAllLines(ROOT.resolve("REUSE.toml"))) {
            Matcher annotation = ANNOTATION.matcher(line);
            if (annotation.matches()) {
                List<String> values = QUOTED.matcher(annotation.group(2))
                        .results()
                        .map(r -> r.group(1))
                        .toList();
                if (annotation.group(1).equals("path")) {
                    paths = values;
                } else {
                    paths.forEach(p -> rules.add(new Rule(p, values.getFirst())));
                }
            }
        }
        return rules;
    }
}
