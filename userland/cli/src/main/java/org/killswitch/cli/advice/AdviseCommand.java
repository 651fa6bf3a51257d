// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.advice;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.killswitch.advice.Advice;
import org.killswitch.advice.Advise;
import org.killswitch.advice.HostKernel;
import org.killswitch.advice.patch.Patch;
import org.killswitch.advice.patch.PatchException;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.data.CveRecord;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.verdict.CveData;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.cli.Converters;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.control.SymbolName;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code killswitch advise FUNCTION...}, {@code --patch FILE}, {@code --cve CVE}. */
@Command(
        name = "advise",
        header = "Find out what to engage so that vulnerable functions are not reached.",
        description = {
            "",
            "Looks at the functions, at those that every known way to them passes, and at sets of functions that"
                    + " together close all ways, on the running kernel; what killswitch check finds about each ranks"
                    + " them, and then how little else they close. Needs root and changes nothing.",
            ""
        },
        footer = {
            "",
            "Exit status: 0 there is something to engage, 1 could not be determined, 2 wrong usage, 3 no clean"
                    + " engagement.",
            "",
            "Examples:",
            "  killswitch advise cls_u32:u32_set_parms",
            "  killswitch advise --patch fix.diff",
            "  killswitch advise --cve CVE-2023-3609"
        })
public final class AdviseCommand implements Callable<Integer> {

    private static final String STANDARD_INPUT = "-";
    private static final int NO_CLEAN_ENGAGEMENT = 3;

    private final Host host;
    private final CvePlaces places;
    private final Path root;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Parameters(
            arity = "0..*",
            paramLabel = "FUNCTION",
            description = "A vulnerable function, as for engage.",
            converter = Converters.ToSymbol.class)
    private List<SymbolName> functions = List.of();

    @Option(
            names = "--patch",
            paramLabel = "FILE",
            description =
                    "Take the functions that a fix changes: a unified diff, alone or in a mail; - is standard input.")
    private @Nullable String patch;

    @Option(
            names = "--cve",
            paramLabel = "CVE",
            converter = Converters.ToCve.class,
            description = "Take the functions that the catalogue has for a CVE.")
    private @Nullable String cve;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public AdviseCommand(Host host) {
        this(host, CvePlaces.ofThisHost(), Path.of("/"));
    }

    AdviseCommand(Host host, CvePlaces places, Path root) {
        this.host = host;
        this.places = places;
        this.root = root;
    }

    /**
     * What is asked about.
     *
     * @param notes what has to be said of where the functions are from
     */
    private record Question(List<String> functions, Function<String, List<String>> callers, List<String> notes) {}

    @Override
    public Integer call() throws IOException, ImportException, PatchException {
        if ((functions.isEmpty() ? 0 : 1) + (patch == null ? 0 : 1) + (cve == null ? 0 : 1) != 1) {
            throw new ParameterException(spec.commandLine(), "give either functions, or --patch FILE, or --cve CVE");
        }
        Question question = patch != null ? ofPatch(patch) : cve != null ? ofCve(cve) : ofFunctions();
        if (question.functions.isEmpty()) {
            if (json) {
                host.out().println(new AdviceOutput(Advice.NONE, question.notes).json());
            } else {
                question.notes.forEach(n -> host.err().println("killswitch: " + n));
            }
            return ExitCode.SOFTWARE;
        }
        try (HostKernel kernel = HostKernel.open(root)) {
            Advice advice = Advise.of(kernel.kernel(), question.functions, question.callers);
            List<String> notes = new ArrayList<>(question.notes);
            kernel.kernel().noPointers().ifPresent(notes::add);
            AdviceOutput output = new AdviceOutput(advice, notes);
            if (json) {
                host.out().println(output.json());
            } else {
                output.lines().forEach(host.out()::println);
            }
            if (advice.targets().isEmpty()) {
                return ExitCode.SOFTWARE;
            }
            return advice.choices().isEmpty() ? NO_CLEAN_ENGAGEMENT : ExitCode.OK;
        }
    }

    private Question ofFunctions() {
        return new Question(functions.stream().map(SymbolName::toString).toList(), f -> List.of(), List.of());
    }

    private static Patch read(String file) throws PatchException {
        try {
            byte[] bytes = file.equals(STANDARD_INPUT) ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
            return Patch.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            throw new PatchException(file + ": there is no such file");
        } catch (IOException e) {
            throw new PatchException(file + " cannot be read: " + e.getMessage());
        } catch (PatchException e) {
            throw new PatchException(file + ": " + e.getMessage());
        }
    }

    private static Question ofPatch(String file) throws PatchException {
        Patch read = read(file);
        List<String> notes = new ArrayList<>();
        List<String> added =
                read.changed().stream().filter(read.added()::contains).toList();
        if (!added.isEmpty()) {
            notes.add("the patch adds " + String.join(", ", added) + ": no kernel without it has them");
        }
        if (!read.unnamed().isEmpty()) {
            notes.add("the patch does not show in which function it changes " + String.join(", ", read.unnamed()));
        }
        List<String> old =
                read.changed().stream().filter(f -> !read.added().contains(f)).toList();
        if (old.isEmpty()) {
            notes.add("the patch changes no function of an unfixed kernel; name the functions instead");
        }
        return new Question(old, read::callersOf, notes);
    }

    private Question ofCve(String number) throws ImportException {
        CveData data = CveData.readOnly(places, number::equals, host.err());
        List<String> notes = new ArrayList<>();
        List<String> found = List.of();
        Entry entry = data.catalogue().entry(number).orElse(null);
        if (entry != null) {
            found = entry.fixedFunctions();
            if (found.isEmpty()) {
                found = data.judge().choose(entry).stream()
                        .flatMap(e -> e.functions().stream())
                        .map(f -> f.symbol().toString())
                        .toList();
                notes.add(
                        found.isEmpty()
                                ? "the catalogue has no function for " + number
                                        + entry.noEngagement()
                                                .map(n -> ": " + n.strip())
                                                .orElse("")
                                : "the catalogue does not say which functions the fix changes; these are the ones that"
                                        + " it engages");
            }
        } else {
            notes.add(data.record(number)
                    .map(CveRecord::files)
                    .map(files -> "the catalogue has no entry for " + number + "; the imported data names files only ("
                            + String.join(", ", files) + "): give the fix with --patch")
                    .orElse("nothing is known about " + number
                            + ": neither the catalogue nor imported data has it; see killswitch cve import --help"));
        }
        return new Question(found, f -> List.of(), notes);
    }
}
