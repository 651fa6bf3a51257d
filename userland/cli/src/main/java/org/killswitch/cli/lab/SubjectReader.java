// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.killswitch.bpf.BpfException;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.verdict.CveData;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.catalogue.verdict.Status;
import org.killswitch.catalogue.verdict.Verdict;
import org.killswitch.cli.Converters;
import org.killswitch.cli.EngageWords;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.Reason;
import org.killswitch.control.SymbolName;
import org.killswitch.guard.Guard;
import org.killswitch.host.SystemCalls;
import org.killswitch.policy.KnownFunctions;
import org.killswitch.policy.Policy;
import org.killswitch.policy.PolicyEntry;
import org.killswitch.policy.PolicyException;
import org.killswitch.policy.Resolver;
import org.killswitch.posix.Architecture;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/**
 * Finds out what is to be rehearsed, and refuses what is wrong before a guest is booted.
 *
 * @param isHostsKernel whether the guest is to run the kernel that runs here: only of that it is known here what it has
 */
record SubjectReader(Host host, CvePlaces places, boolean isHostsKernel, CommandLine command) {

    /**
     * A subject, and what is known of it.
     *
     * @param door the door of a CVE
     * @param modules those that the functions are in, as far as it is said
     * @param notes for a person
     */
    record Known(Subject subject, Optional<String> door, List<String> modules, List<String> notes) {}

    Known policy(List<String> words, boolean hasTime) throws PolicyException {
        if (!words.isEmpty()) {
            throw new ParameterException(command, "--policy takes no function and no CVE: '" + words.getFirst() + "'");
        }
        if (hasTime) {
            throw new ParameterException(command, "--policy takes no --for: a policy lasts");
        }
        Policy policy = Policy.read(host.files().path(Policy.FOLDER), host.zone());
        if (!policy.problems().isEmpty()) {
            throw new PolicyException(policy.problems().getFirst());
        }
        if (policy.entries().isEmpty()) {
            throw new PolicyException("there is no policy in " + Policy.FOLDER);
        }
        return new Known(new Subject.Policy(), Optional.empty(), List.of(), List.of());
    }

    Known of(List<String> words, Optional<String> when)
            throws ControlException, BpfException, PolicyException, ImportException {
        if (words.isEmpty()) {
            throw new ParameterException(
                    command, "nothing to rehearse: give a CVE, a function and RETVAL, or --policy");
        }
        return words.getFirst().toUpperCase(Locale.ROOT).startsWith("CVE-") ? cve(words, when) : functions(words, when);
    }

    private Known functions(List<String> words, Optional<String> when) throws ControlException, BpfException {
        EngageWords said = EngageWords.of(
                converted(words.getFirst(), new Converters.ToSymbols()),
                words.subList(1, words.size()),
                false,
                command);
        List<SymbolName> entries = said.symbols().stream()
                .flatMap(s -> entries(s, when.isPresent()).stream())
                .toList();
        if (isHostsKernel) {
            KnownFunctions known = new KnownFunctions(host.files());
            for (SymbolName symbol : entries) {
                known.require(symbol);
                if (when.isPresent()) {
                    Guard.compile(when.get(), symbol.function(), symbol.module(), Guard.Unread.OVERRIDE);
                }
            }
        }
        return new Known(
                new Subject.Functions(said.symbols(), Objects.requireNonNull(said.retval()), when),
                Optional.empty(),
                entries.stream().flatMap(s -> s.module().stream()).distinct().toList(),
                List.of());
    }

    /** A system call by its name stands for the functions by which it is entered. */
    private static List<SymbolName> entries(SymbolName symbol, boolean byArguments) {
        try {
            return SystemCalls.doors(symbol, byArguments, Architecture.host())
                    .map(SystemCalls.Doors::functions)
                    .orElse(List.of(symbol));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Known cve(List<String> words, Optional<String> when) throws PolicyException, ImportException {
        String cve = converted(words.getFirst(), new Converters.ToCve());
        if (words.size() > 1) {
            throw new ParameterException(
                    command,
                    "unexpected argument '" + words.get(1) + "': the catalogue says what a CVE's functions return");
        }
        if (when.isPresent()) {
            throw new ParameterException(
                    command, "a CVE takes no --when: the catalogue says which calls are overridden");
        }
        CveData data = CveData.readOnly(places, cve::equals, host.err());
        Entry entry = data.catalogue()
                .entry(cve)
                .orElseThrow(() -> new PolicyException("the catalogue has no entry of " + cve));
        List<String> notes = isHostsKernel ? onThisKernel(cve, data) : List.of();
        return new Known(
                new Subject.Cve(cve), entry.door(), entry.module().stream().toList(), notes);
    }

    private static List<String> onThisKernel(String cve, CveData data) throws PolicyException, ImportException {
        Resolver resolver = new Resolver(() -> data, data.facts(), Instant.now());
        Verdict verdict = resolver.verdict(cve);
        if (verdict.status() == Status.NOT_PRESENT) {
            throw new PolicyException(
                    cve + " is not present here: " + verdict.decisive().text());
        }
        // refuses a CVE that the catalogue has nothing to engage against
        resolver.functions(cve, PolicyEntry.Mode.ENGAGE, new Reason(cve), cve);
        return verdict.status() == Status.FIXED
                ? List.of(cve + " is fixed here: " + verdict.decisive().text())
                : List.of();
    }

    private <T> T converted(String word, CommandLine.ITypeConverter<T> converter) {
        try {
            return converter.convert(word);
        } catch (TypeConversionException e) {
            throw new ParameterException(command, String.valueOf(e.getMessage()));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
