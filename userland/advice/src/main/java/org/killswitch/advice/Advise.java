// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.killswitch.host.text.Symbol;

/** Finds what to engage so that some functions are not reached: by the kernel's call graph and what {@link Check} finds. */
public final class Advise {

    /** Of a function and those on all ways to it, so many are looked at, the nearest first. */
    private static final int DOMINATORS_MAX = 10;

    /** More functions together are nothing that a person would understand. */
    private static final int TOGETHER_MAX = 4;

    private static final int CUTS_MAX = 6;

    private static final int REQUESTS_MAX = 6;

    private static final String SYSTEM_CALL = "__do_sys_";
    private static final List<String> SYSTEM_CALL_ENTRIES = List.of("__se_sys_", "__x64_sys_", "__arm64_sys_");

    private final Kernel kernel;
    private final Map<String, List<Integer>> targets = new LinkedHashMap<>();
    private final Map<String, String> absent = new LinkedHashMap<>();
    private final Function<String, List<String>> callers;
    private final Map<String, List<String>> inlined = new LinkedHashMap<>();
    private final Map<Integer, Ways> ways = new HashMap<>();

    private Advise(Kernel kernel, Function<String, List<String>> callers) {
        this.kernel = kernel;
        this.callers = callers;
    }

    /**
     * Looks for them.
     *
     * @param names functions, with their module in front where they need one
     */
    public static Advice of(Kernel kernel, Collection<String> names) throws IOException {
        return of(kernel, names, name -> List.of());
    }

    /**
     * Looks for them.
     *
     * @param callers functions that call one, by the source: if the kernel does not have that, they have it inlined
     */
    public static Advice of(Kernel kernel, Collection<String> names, Function<String, List<String>> callers)
            throws IOException {
        Advise advise = new Advise(kernel, callers);
        names.forEach(advise::resolve);
        return advise.advice();
    }

    private void resolve(String qualified) {
        int colon = qualified.indexOf(':');
        String module = colon < 0 ? "" : qualified.substring(0, colon);
        String name = qualified.substring(colon + 1);
        Map<Integer, Symbol> found = functions(kernel.text().symbols().named(name), module);
        if (found.size() > 1) {
            absent.put(
                    qualified,
                    found.size() + " functions have this name ("
                            + String.join(
                                    ", ",
                                    found.values().stream()
                                            .map(Symbol::qualified)
                                            .distinct()
                                            .toList())
                            + "); name the module");
            return;
        }
        Set<Integer> all = new TreeSet<>(found.keySet());
        all.addAll(
                functions(kernel.text().symbols().beginning(name + "."), module).keySet());
        if (all.isEmpty()) {
            all.addAll(systemCall(name));
        }
        if (!all.isEmpty()) {
            targets.put(qualified, List.copyOf(all));
            return;
        }
        List<String> inlinedInto = new ArrayList<>();
        List<String> possible = new ArrayList<>(callers.apply(qualified));
        if (name.startsWith("__")) {
            possible.addFirst(name.substring(2)); // f is around __f
        }
        for (String caller : possible) {
            Map<Integer, Symbol> here = functions(kernel.text().symbols().named(caller), module);
            if (here.size() == 1) {
                inlinedInto.add(caller);
                all.addAll(here.keySet());
            }
        }
        if (all.isEmpty()) {
            absent.put(
                    qualified,
                    "not in this kernel or a loaded module: inlined into its callers, not built, or of a module that is"
                            + " not loaded");
        } else {
            targets.put(qualified, List.copyOf(all));
            inlined.put(qualified, List.copyOf(inlinedInto));
        }
    }

    /** The body of a system call is inlined into what the entry calls. */
    private Set<Integer> systemCall(String name) {
        if (name.startsWith(SYSTEM_CALL)) {
            for (String prefix : SYSTEM_CALL_ENTRIES) {
                Map<Integer, Symbol> entry =
                        functions(kernel.text().symbols().named(prefix + name.substring(SYSTEM_CALL.length())), "");
                if (!entry.isEmpty()) {
                    return entry.keySet();
                }
            }
        }
        return Set.of();
    }

    private Map<Integer, Symbol> functions(List<Symbol> symbols, String module) {
        Map<Integer, Symbol> found = new LinkedHashMap<>();
        for (Symbol symbol : symbols) {
            int function = kernel.functions().startingAt(symbol.address());
            if (symbol.isText()
                    && function >= 0
                    && kernel.functions().isLasting(function)
                    && (module.isEmpty() || module.equals(symbol.module()))) {
                found.put(function, symbol);
            }
        }
        return found;
    }

    private Advice advice() throws IOException {
        List<Choice> all = new ArrayList<>();
        for (Set<Integer> set : sets()) {
            all.add(choice(set));
        }
        all.removeIf(c -> c.closed().isEmpty());
        all.sort(Choice.BY_RANK);
        List<Choice> rejected = all.stream().filter(c -> !c.isClean()).toList();
        List<Choice> clean =
                withoutNeedless(all.stream().filter(Choice::isClean).toList());
        return new Advice(
                targets.values().stream()
                        .flatMap(List::stream)
                        .map(f -> kernel.functions().symbol(f).qualified())
                        .toList(),
                absent,
                inlined,
                withRequests(clean),
                rejected);
    }

    /** What comes before takes turns with the rest, if the best is not good by all that is known, and else is last. */
    private List<Choice> withRequests(List<Choice> clean) throws IOException {
        boolean good = clean.stream()
                .anyMatch(c -> c.verdict() == Verdict.GOOD && c.open().isEmpty());
        List<Choice> direct = new ArrayList<>();
        for (Choice choice : clean) {
            if (direct.stream().noneMatch(d -> isRoundabout(choice, d))) {
                direct.add(choice);
            }
        }
        List<Choice> before = requests();
        List<Choice> merged = new ArrayList<>(good ? direct : List.of());
        for (int i = 0; i < Math.max(direct.size(), before.size()); i++) {
            if (i < direct.size() && !good) {
                merged.add(direct.get(i));
            }
            if (i < before.size()) {
                merged.add(before.get(i));
            }
        }
        clean.stream().filter(c -> !merged.contains(c)).forEach(merged::add);
        return merged;
    }

    /** Whether a better choice closes as much with fewer functions. */
    private static boolean isRoundabout(Choice choice, Choice better) {
        return better.functions().size() < choice.functions().size()
                && better.closed().containsAll(choice.closed());
    }

    private List<Choice> requests() throws IOException {
        List<Choice> found = new ArrayList<>();
        List<Ways> all =
                targets.values().stream().flatMap(List::stream).map(this::ways).toList();
        for (Set<Integer> functions : Preceding.of(kernel, all)) {
            if (found.size() == REQUESTS_MAX) {
                break;
            }
            if (functions.stream().noneMatch(this::isTarget)) {
                List<Candidate> members = new ArrayList<>();
                for (int function : functions) {
                    members.add(kernel.candidate(function));
                }
                Choice choice = new Choice(Choice.Kind.PREVENTS, members, List.of(), List.copyOf(targets.keySet()));
                if (choice.isClean()) {
                    found.add(choice);
                }
            }
        }
        return found;
    }

    private boolean isTarget(int function) {
        return targets.values().stream().anyMatch(of -> of.contains(function));
    }

    /** A choice that has all the functions of a better one, and closes no more, is none. */
    private static List<Choice> withoutNeedless(List<Choice> choices) {
        List<Choice> kept = new ArrayList<>();
        for (Choice choice : choices) {
            if (kept.stream()
                    .noneMatch(k -> choice.functions().containsAll(k.functions())
                            && k.closed().containsAll(choice.closed()))) {
                kept.add(choice);
            }
        }
        return kept;
    }

    private Set<Set<Integer>> sets() throws IOException {
        Set<Set<Integer>> sets = new LinkedHashSet<>();
        List<List<Set<Integer>>> ofTargets = new ArrayList<>();
        for (List<Integer> functions : targets.values()) {
            Set<Set<Integer>> own = new LinkedHashSet<>();
            if (functions.size() <= TOGETHER_MAX) {
                own.add(new TreeSet<>(functions));
            }
            for (int function : functions) {
                ways(function).dominators(kernel).stream()
                        .limit(DOMINATORS_MAX)
                        .filter(d -> passAll(functions, Set.of(d)))
                        .forEach(d -> own.add(Set.of(d)));
            }
            cuts(new TreeSet<>(functions), own, CUTS_MAX);
            sets.addAll(own);
            ofTargets.add(List.copyOf(own));
        }
        sets.addAll(together(ofTargets));
        return sets;
    }

    /** What is passed one call further up, where several functions have to be engaged for that. */
    private void cuts(Set<Integer> functions, Set<Set<Integer>> found, int left) {
        if (left == 0) {
            return;
        }
        for (int function : functions) {
            if (Ways.isPointedTo(kernel, function)) {
                continue;
            }
            Set<Integer> further = new TreeSet<>(functions);
            further.remove(function);
            further.addAll(kernel.callers(function));
            if (further.size() > 1 && further.size() <= TOGETHER_MAX && found.add(further)) {
                cuts(further, found, left - 1);
            }
        }
    }

    /** The best of each target, together. */
    private Set<Set<Integer>> together(List<List<Set<Integer>>> ofTargets) throws IOException {
        Set<Integer> all = new TreeSet<>();
        Set<Set<Integer>> found = new LinkedHashSet<>();
        for (List<Set<Integer>> sets : ofTargets) {
            List<Choice> choices = new ArrayList<>();
            for (Set<Integer> set : sets) {
                choices.add(choice(set));
            }
            choices.sort(Choice.BY_RANK);
            if (!choices.isEmpty() && choices.getFirst().isClean()) {
                choices.getFirst().functions().forEach(c -> all.add(c.function()));
                if (all.size() <= TOGETHER_MAX) {
                    found.add(new TreeSet<>(all));
                }
            }
        }
        return found;
    }

    private Choice choice(Set<Integer> functions) throws IOException {
        List<Candidate> members = new ArrayList<>();
        for (int function : functions) {
            members.add(kernel.candidate(function));
        }
        List<String> closed = new ArrayList<>();
        List<String> open = new ArrayList<>();
        targets.forEach((name, of) -> (passAll(of, functions) ? closed : open).add(name));
        return new Choice(Choice.Kind.CLOSES, members, closed, open);
    }

    private boolean passAll(List<Integer> of, Set<Integer> functions) {
        return of.stream().allMatch(t -> ways(t).pass(kernel, functions));
    }

    private Ways ways(int function) {
        return ways.computeIfAbsent(function, f -> Ways.to(kernel, f));
    }
}
