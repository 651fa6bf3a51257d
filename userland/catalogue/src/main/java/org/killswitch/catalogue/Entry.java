// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.killswitch.catalogue.version.FixRange;
import org.killswitch.catalogue.version.KernelRange;
import org.killswitch.catalogue.version.UpstreamVersion;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

/**
 * What a careful person found out about one CVE, as mitigations/schema.json describes it.
 *
 * @param names what the public calls it
 * @param affected upstream releases that have it
 * @param files the source files with the flaw
 * @param config the options without which a kernel does not have the code
 * @param module that has the code where it is built as one
 * @param fixedFunctions the functions that the fix changes, which a livepatch therefore replaces
 * @param engagements alternatives in order of preference; empty where there is no clean one
 * @param noEngagement why there is none
 * @param door the program of selftests/doors that goes through the flawed code
 * @param file where the entry was read from
 */
public record Entry(
        String cve,
        List<String> names,
        String summary,
        Reach reach,
        String reachNote,
        List<FixRange> affected,
        List<String> files,
        List<String> config,
        Optional<String> module,
        List<String> fixedFunctions,
        List<Engagement> engagements,
        Optional<String> noEngagement,
        Optional<InUse> inUse,
        Optional<String> doesNotUndo,
        List<Measure> otherMeasures,
        Optional<String> door,
        List<String> references,
        Path file) {

    public Entry {
        names = List.copyOf(names);
        affected = List.copyOf(affected);
        files = List.copyOf(files);
        config = List.copyOf(config);
        fixedFunctions = List.copyOf(fixedFunctions);
        engagements = List.copyOf(engagements);
        otherMeasures = List.copyOf(otherMeasures);
        references = List.copyOf(references);
    }

    /**
     * A way to close the flaw: all of its functions together.
     *
     * @param kernels where the functions have these names
     * @param why this function and this value
     * @param breaks what stops working
     * @param dangerousBecause why it is chosen although `check` calls it dangerous
     */
    public record Engagement(
            KernelRange kernels,
            List<Function> functions,
            String why,
            String breaks,
            Optional<String> dangerousBecause) {
        public Engagement {
            functions = List.copyOf(functions);
        }

        /** The same with other functions. */
        public Engagement with(List<Function> others) {
            return new Engagement(kernels, others, why, breaks, dangerousBecause);
        }
    }

    /**
     * A function to engage.
     *
     * @param symbol its name, with its module where it needs one
     * @param when the guard's text; empty for all calls
     */
    public record Function(SymbolName symbol, Retval retval, Optional<String> when) {}

    /**
     * How to see whether this host uses the code.
     *
     * @param test a shell command that returns 0 where it does
     */
    public record InUse(String text, Optional<String> test) {}

    /**
     * What else helps.
     *
     * @param failsWhen where it does not
     * @param sysctl a setting that has the effect, as sysctl(8) takes it: {@code kernel.io_uring_disabled=2}
     */
    public record Measure(String measure, Optional<String> failsWhen, Optional<String> sysctl) {}

    /** The alternatives for a kernel, in order of preference. */
    public List<Engagement> engagementsFor(UpstreamVersion version) {
        return engagements.stream().filter(e -> e.kernels().contains(version)).toList();
    }

    /** What people call it: its first name, else its number. */
    public String name() {
        return names.isEmpty() ? cve : names.getFirst();
    }
}
