// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.killswitch.lab.Cache;
import org.killswitch.lab.Commands;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.Lab;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Output;
import org.killswitch.lab.SourceTree;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The system tests of a clone of the project.
 *
 * @param sources the clone
 */
public record SystemTests(SourceTree sources) {
    private static final String REPORTS = "userland/systemtest/target/surefire-reports";

    /**
     * What came out.
     *
     * @param passed how many tests
     * @param failed those that failed, as "Class.method"; or what went wrong before any could run
     * @param skipped those that did not run
     * @param time how long it took
     * @param log everything that was printed
     */
    public record Result(int passed, List<String> failed, List<String> skipped, Duration time, Path log) {
        public Result {
            failed = List.copyOf(failed);
            skipped = List.copyOf(skipped);
        }
    }

    /**
     * Runs all tests that are for any kernel on that one; of a port, those of the module alone.
     *
     * @param backend the best of the ways to override that the module may use: direct, ftrace or kprobe
     */
    public Result run(KernelRelease release, String backend) {
        return run(
                release.name() + "-" + backend,
                List.of(REPORTS, "userland/systemtest/target/bypass/" + release.name()),
                List.of(
                        "-Dgroups=" + (release.isPort() ? "module" : "kernel"),
                        "-Dkillswitch.kernels=" + release.name(),
                        "-Dkillswitch.backend=" + backend));
    }

    /** Runs those that are for no kernel in particular and that script/test leaves out, or shortens, as they take long. */
    public Result runLong() {
        return run("long", List.of(REPORTS), List.of("-Dgroups=long & !kernel"));
    }

    /** Maven with some options; what an earlier run has left in files and folders of the clone is removed before. */
    private Result run(String name, List<String> left, List<String> options) {
        Path log = sources.root().resolve("userland/systemtest/target/matrix/" + name + ".log");
        long start = System.nanoTime();
        int status;
        try {
            Files.createDirectories(log.getParent());
            for (String path : left) {
                Cache.delete(sources.root().resolve(path));
            }
            Commands.require("building what the tests run in guests", sources.root(), "make", "--silent", "selftests");
            List<String> command = new ArrayList<>(List.of(
                    sources.root().resolve("script/maven").toString(),
                    "--activate-profiles",
                    "systemtest",
                    "--projects",
                    "systemtest",
                    "--also-make",
                    "-Dkillswitch.matrix=true"));
            command.addAll(options);
            command.add("test");
            Process maven = new ProcessBuilder(command)
                    .directory(sources.root().toFile())
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(log.toFile())
                    .start();
            Thread killer = new Thread(() -> Commands.end(maven));
            Runtime.getRuntime().addShutdownHook(killer);
            try {
                status = maven.waitFor();
            } finally {
                Commands.removeHook(killer);
            }
        } catch (IOException e) {
            throw new LabException("the tests in " + sources.root() + " cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while the tests were running", e);
        }
        return result(status, Duration.ofNanos(System.nanoTime() - start), log);
    }

    private Result result(int status, Duration time, Path log) {
        List<String> failed = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        int passed = 0;
        for (Element test : testCases()) {
            String name = test.getAttribute("classname").replaceFirst(".*\\.", "") + "." + test.getAttribute("name");
            if (has(test, "failure") || has(test, "error")) {
                failed.add(name);
            } else if (has(test, "skipped")) {
                skipped.add(name);
            } else {
                passed++;
            }
        }
        if (failed.isEmpty() && (status != 0 || passed == 0)) {
            failed.add("the tests did not run to their end");
        }
        return new Result(passed, failed, skipped, time, log);
    }

    private List<Element> testCases() {
        List<Element> all = new ArrayList<>();
        Path reports = sources.root().resolve(REPORTS);
        if (!Files.isDirectory(reports)) {
            return all;
        }
        try (Stream<Path> files = Files.list(reports)) {
            for (Path file : files.filter(f -> f.getFileName().toString().matches("TEST-.*\\.xml"))
                    .sorted()
                    .toList()) {
                NodeList cases = DocumentBuilderFactory.newDefaultInstance()
                        .newDocumentBuilder()
                        .parse(file.toFile())
                        .getElementsByTagName("testcase");
                for (int i = 0; i < cases.getLength(); i++) {
                    if (cases.item(i) instanceof Element test) {
                        all.add(test);
                    }
                }
            }
        } catch (IOException | SAXException | ParserConfigurationException e) {
            throw new LabException("the tests' reports in " + reports + " cannot be read: " + e.getMessage(), e);
        }
        return all;
    }

    private static boolean has(Element test, String child) {
        return test.getElementsByTagName(child).getLength() > 0;
    }

    /**
     * How the module overrides a function on a kernel: what fn/SYMBOL/backend says; empty if it does not load there.
     *
     * @param best the best way that it may use
     */
    public Optional<String> backend(Lab lab, Kernel kernel, String best) {
        try (Guest guest = lab.boot(
                kernel, GuestSpec.standard().withFile("/modules", lab.buildModules(kernel, sources.module())))) {
            Output output = guest.run("""
                    insmod /modules/killswitch.ko backend=%s && cd /sys/kernel/security/killswitch &&
                    echo 'engage cmdline_proc_show -5' > control && cat fn/cmdline_proc_show/backend""".formatted(best));
            return output.status() == 0 ? Optional.of(output.output().strip()) : Optional.empty();
        }
    }
}
