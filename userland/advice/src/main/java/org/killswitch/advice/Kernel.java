// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.killswitch.advice.flow.Flow;
import org.killswitch.advice.flow.Summary;
import org.killswitch.advice.flow.Use;
import org.killswitch.advice.flow.Uses;
import org.killswitch.host.text.Body;
import org.killswitch.host.text.BugTable;
import org.killswitch.host.text.CallGraph;
import org.killswitch.host.text.Convention;
import org.killswitch.host.text.Disassembler;
import org.killswitch.host.text.Functions;
import org.killswitch.host.text.Instruction;
import org.killswitch.host.text.KernelText;
import org.killswitch.host.text.Operation;
import org.killswitch.host.text.Symbol;

/** What is known of a kernel: its text, its types, and what is worked out from them once. */
public final class Kernel {

    private static final String FUNCTIONS_ONLY =
            "/proc/kallsyms of this kernel lists functions only (no CONFIG_KALLSYMS_ALL): pointers in data, such as tables of"
                    + " operations, and exports are not seen";

    private final KernelText text;
    private final Signatures signatures;
    private final Optional<Disassembler> disassembler;
    private final String noDisassembler;
    private final Optional<String> noPointers;
    private @Nullable Set<Long> bugs;
    private final Map<Integer, Body> bodies = new HashMap<>();
    private final Map<Integer, Summary> summaries = new HashMap<>();
    private final Map<Integer, Set<Integer>> callers = new HashMap<>();
    private final Map<Integer, Candidate> candidates = new HashMap<>();
    private final Map<String, List<Integer>> requests = new HashMap<>();
    private final Map<Integer, Requests.Reach> reaches = new HashMap<>();
    private final Map<String, List<Integer>> ofModules = new HashMap<>();
    private final Map<Long, Use> uses = new HashMap<>();
    private final Map<String, Optional<Symbol>> linker = new HashMap<>();
    private final Map<String, Integer> parameterCounts = new HashMap<>();

    /** Signatures of the functions of the kernel and its modules. */
    @FunctionalInterface
    public interface Signatures {

        /**
         * That of a function.
         *
         * @param module where it is; empty for the kernel
         * @return empty if it is not known
         */
        Optional<Signature> of(String module, String function);
    }

    /**
     * A kernel.
     *
     * @param noDisassembler why there is none, for people; not used if there is one
     */
    public Kernel(KernelText text, Signatures signatures, Optional<Disassembler> disassembler, String noDisassembler) {
        this.text = text;
        this.signatures = signatures;
        this.disassembler = disassembler;
        this.noDisassembler = noDisassembler;
        noPointers = text.showsData() ? Optional.empty() : Optional.of(FUNCTIONS_ONLY);
    }

    /** What a caller does with the result of the call at an address. */
    Use use(CallGraph.Site site) throws IOException {
        Use known = uses.get(site.address());
        if (known == null) {
            known = Uses.of(body(site.function()), site.address(), convention(), this::nameAt, this::parameterCount);
            uses.put(site.address(), known);
        }
        return known;
    }

    /** Where a caller follows a value, if the call at an address returns that, as a pointer; empty if that is not seen. */
    Optional<String> follows(CallGraph.Site site, long value) throws IOException {
        Body body = body(site.function());
        OptionalLong at = Uses.follows(body, site.address(), convention(), this::nameAt, this::parameterCount, value);
        return at.isPresent() ? Optional.of(place(site.function(), at.getAsLong())) : Optional.empty();
    }

    /** The functions that call a function directly, itself aside. */
    Set<Integer> callers(int function) {
        return callers.computeIfAbsent(function, this::findCallers);
    }

    private Set<Integer> findCallers(int function) {
        Set<Integer> found = new TreeSet<>();
        for (CallGraph.Site site : text.graph().to(function)) {
            if (site.kind() != CallGraph.Kind.ADDRESS
                    && site.function() != function
                    && functions().isLasting(site.function())) {
                found.add(site.function());
            }
        }
        return found;
    }

    Candidate candidate(int function) throws IOException {
        Candidate known = candidates.get(function);
        if (known == null) {
            known = Candidate.of(this, function);
            candidates.put(function, known);
        }
        return known;
    }

    /** See {@link Requests}. */
    List<Integer> requests(String module) {
        return requests.computeIfAbsent(module, m -> Requests.of(this, m));
    }

    Requests.Reach reach(int function) {
        Requests.Reach known = reaches.get(function);
        if (known == null) {
            known = Requests.Reach.of(this, function);
            reaches.put(function, known);
        }
        return known;
    }

    /** The lasting functions of a module. */
    List<Integer> functionsOf(String module) {
        if (ofModules.isEmpty()) {
            for (int f = 0; f < functions().count(); f++) {
                String of = functions().symbol(f).module();
                if (!of.isEmpty() && functions().isLasting(f)) {
                    ofModules.computeIfAbsent(of, m -> new ArrayList<>()).add(f);
                }
            }
        }
        return ofModules.getOrDefault(module, List.of());
    }

    /** A symbol that the linker makes. */
    Optional<Symbol> linker(String name) {
        return linker.computeIfAbsent(name, text.symbols()::linker);
    }

    /** Why pointers in its data are not known; empty if they are. */
    public Optional<String> noPointers() {
        return noPointers;
    }

    KernelText text() {
        return text;
    }

    Functions functions() {
        return text.functions();
    }

    boolean canDecode() {
        return disassembler.isPresent();
    }

    String noDisassembler() {
        return noDisassembler;
    }

    Convention convention() {
        return Convention.of(text.machine());
    }

    /** The body of a function; it takes a disassembler. */
    Body body(int function) throws IOException {
        Body known = bodies.get(function);
        if (known == null) {
            known = Body.read(text, function, disassembler.orElseThrow(), bugs());
            bodies.put(function, known);
        }
        return known;
    }

    private Set<Long> bugs() throws IOException {
        Set<Long> known = bugs;
        if (known == null) {
            known = BugTable.bugs(text);
            bugs = known;
        }
        return known;
    }

    Summary summary(int function) throws IOException {
        Summary known = summaries.get(function);
        if (known == null) {
            known = Flow.of(body(function), convention(), this::nameAt);
            summaries.put(function, known);
        }
        return known;
    }

    /** The function that an address is the start of, or is in. */
    int functionAt(long address) {
        int starting = functions().startingAt(address);
        return starting >= 0 ? starting : functions().containing(address);
    }

    String nameAt(long address) {
        int function = functionAt(address);
        return function < 0 ? "0x" + Long.toHexString(address) : functions().name(function);
    }

    /** What the call or jump at an address goes to directly; -1 if it goes through a pointer. */
    int calleeAt(long site) throws IOException {
        int caller = functions().containing(site);
        if (caller < 0) {
            return -1;
        }
        Instruction instruction = body(caller).at(site);
        for (Operation operation : instruction == null ? List.<Operation>of() : instruction.operations()) {
            if (operation instanceof Operation.Call c) {
                return functions().startingAt(c.target());
            }
            if (operation instanceof Operation.Jump j) {
                return functions().startingAt(j.target());
            }
            if (operation instanceof Operation.Branch b) {
                return functions().startingAt(b.target());
            }
        }
        return -1;
    }

    /** How many arguments a function takes; as many as registers can hold if that is not known. */
    int parameterCount(String function) {
        return parameterCounts.computeIfAbsent(
                function,
                f -> signatures
                        .of("", f)
                        .map(s -> s.parameters().size())
                        .orElse(convention().arguments().size()));
    }

    /** The signature of a function; a copy that the compiler made has that of the original, as far as it returns something. */
    Optional<Signature> signature(Symbol symbol) {
        int dot = symbol.name().indexOf('.');
        String name = dot < 0 ? symbol.name() : symbol.name().substring(0, dot);
        return signatures.of(symbol.module(), name);
    }

    /** "vfs_mkdir+0x1c3", with the module if it is in one. */
    String place(int function, long address) throws IOException {
        String name = functions().symbol(function).qualified();
        long start = functions().start(function);
        if (canDecode()) {
            return name + body(function).offset(address);
        }
        return name
                + (address >= start ? "+0x" + Long.toHexString(address - start) : " at 0x" + Long.toHexString(address));
    }
}
