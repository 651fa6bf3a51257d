// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.killswitch.host.text.Symbol;

/**
 * What comes before some functions and can refuse: an operation that sets up the object that they work on, and requests
 * that are about such objects.
 */
final class Preceding {

    /** A table with more functions is a list of something else. */
    private static final int TABLE_MAX = 40;

    /** Of what is reached in more ways, no table tells what it is about. */
    private static final int ENTRIES_MAX = 4;

    /** More are not looked at. */
    private static final int REQUESTS_MAX = 20;

    private static final int TOGETHER_MAX = 4;

    /** What is further away in the kernel's text is of another part of it. */
    private static final int NEAR = 1000;

    /** A type that more requests handle says nothing. */
    private static final double KIN_MIN = 0.02;

    /** How near a request is to the targets, the nearest first. */
    private static final Comparator<Rank> NEAREST = Comparator.comparingInt(Rank::group)
            .thenComparingInt(Rank::distance)
            .thenComparingDouble(r -> -r.kin())
            .thenComparingInt(r -> -r.reached());

    /**
     * How near a request is to the targets.
     *
     * @param group 0 if it is of their module and about the same objects, 1 if it is of a module that that calls, 2 if
     *     it is only of their module
     * @param kin how much the objects that both are about say: one that few requests are about says much
     * @param reached how many functions it reaches
     */
    private record Rank(int function, int group, int distance, double kin, int reached) {}

    private final Kernel kernel;
    private final Collection<Ways> ways;
    private final Set<String> objects;

    private Preceding(Kernel kernel, Collection<Ways> ways) {
        this.kernel = kernel;
        this.ways = ways;
        objects = findObjects();
    }

    /** Functions to be engaged together, what is nearest to the targets first. */
    static List<Set<Integer>> of(Kernel kernel, Collection<Ways> ways) throws IOException {
        return List.copyOf(new Preceding(kernel, ways).find());
    }

    /** Of the operations and of the requests one after the other: which of them is better, no code shows. */
    private Set<Set<Integer>> find() throws IOException {
        List<Set<Integer>> requests = new ArrayList<>();
        Set<Set<Integer>> found = new LinkedHashSet<>();
        for (int request : requests()) {
            if (requests.size() < REQUESTS_MAX && Requests.refuses(kernel, request)) {
                Set<Integer> alone = Set.of(request);
                requests.add(alone);
                if (isOnWay(request)) {
                    found.add(alone);
                }
            }
        }
        List<Set<Integer>> operations = operations(true);
        for (int i = 0; i < Math.max(operations.size(), requests.size()); i++) {
            found.addAll(operations.subList(Math.min(i, operations.size()), Math.min(i + 1, operations.size())));
            found.addAll(requests.subList(Math.min(i, requests.size()), Math.min(i + 1, requests.size())));
        }
        found.addAll(operations(false));
        return found;
    }

    private boolean isOnWay(int function) {
        return ways.stream().anyMatch(w -> w.depths().containsKey(function));
    }

    private Set<String> findObjects() {
        Set<String> found = new TreeSet<>();
        for (Ways way : ways) {
            found.addAll(Requests.objects(kernel, way.target()));
            way.entries().forEach(e -> found.addAll(Requests.objects(kernel, e)));
        }
        return found;
    }

    /** Those of the targets' modules and of the modules that these call, the nearest first. */
    private List<Integer> requests() {
        Set<String> own = new LinkedHashSet<>();
        ways.forEach(w -> own.add(module(w.target())));
        Set<String> modules = new LinkedHashSet<>(own);
        modules.addAll(called(own));
        List<Integer> all = modules.stream()
                .flatMap(m -> (m.isEmpty() ? near() : kernel.requests(m)).stream())
                .toList();
        Map<String, Integer> handling = new HashMap<>();
        all.forEach(r -> kernel.reach(r).objects().forEach(t -> handling.merge(t, 1, Integer::sum)));
        List<Rank> ranks = new ArrayList<>();
        for (int request : all) {
            Requests.Reach reach = kernel.reach(request);
            double kin = objects.stream()
                    .filter(reach.objects()::contains)
                    .mapToDouble(t -> 1.0 / handling.getOrDefault(t, 1))
                    .sum();
            boolean ofOwn = own.contains(module(request));
            if (kin >= KIN_MIN || (ofOwn && !module(request).isEmpty())) {
                ranks.add(new Rank(request, kin == 0 ? 2 : ofOwn ? 0 : 1, distance(request), kin, reach.functions()));
            }
        }
        ranks.sort(NEAREST);
        return ranks.stream().map(Rank::function).toList();
    }

    /** The other modules that functions of some modules call. */
    private Set<String> called(Set<String> modules) {
        Set<String> found = new TreeSet<>();
        for (String module : modules) {
            if (!module.isEmpty()) {
                for (int function : kernel.functionsOf(module)) {
                    kernel.text().graph().from(function).forEach(c -> found.add(module(c.function())));
                }
            }
        }
        found.removeAll(modules);
        found.remove("");
        return found;
    }

    /** The kernel's own requests in the same part of it. */
    private Collection<Integer> near() {
        Set<Integer> found = new TreeSet<>();
        for (Ways way : ways) {
            int last = Math.min(kernel.functions().count() - 1, way.target() + NEAR);
            for (int f = Math.max(0, way.target() - NEAR); f <= last; f++) {
                if (module(way.target()).isEmpty()
                        && module(f).isEmpty()
                        && kernel.functions().isLasting(f)
                        && Requests.is(kernel, f)) {
                    found.add(f);
                }
            }
        }
        return found;
    }

    /** By the order in which the kernel is linked: what belongs together is together. Within modules there is none. */
    private int distance(int function) {
        if (!module(function).isEmpty()) {
            return 0;
        }
        return ways.stream()
                .filter(w -> module(w.target()).isEmpty())
                .mapToInt(w -> Math.abs(w.target() - function))
                .min()
                .orElse(0);
    }

    private String module(int function) {
        return kernel.functions().symbol(function).module();
    }

    /**
     * Of the tables through which the targets are reached: the functions that can refuse.
     *
     * @param settingUp those only that set up something, or the others
     */
    private List<Set<Integer>> operations(boolean settingUp) throws IOException {
        Map<Integer, List<Set<Integer>>> ofTables = new LinkedHashMap<>();
        for (Ways way : ways) {
            if (way.entries().size() <= ENTRIES_MAX) {
                for (int entry : way.entries()) {
                    for (long slot : kernel.text().graph().pointersTo(entry)) {
                        List<Set<Integer>> groups = groups(slot, settingUp);
                        if (!groups.isEmpty()) {
                            ofTables.merge(way.target(), groups, (a, b) -> a);
                        }
                    }
                }
            }
        }
        if (ofTables.size() < ways.size()) {
            return List.of(); // the rest is reached all the same
        }
        int most = ofTables.values().stream().mapToInt(List::size).max().orElse(0);
        List<Set<Integer>> found = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            Set<Integer> together = new TreeSet<>();
            for (List<Set<Integer>> groups : ofTables.values()) {
                together.addAll(groups.get(Math.min(i, groups.size() - 1)));
            }
            if (together.size() <= TOGETHER_MAX) {
                found.add(together);
            }
        }
        return found;
    }

    /** A table may have several operations of one kind, for objects of several kinds: those take the same arguments. */
    private List<Set<Integer>> groups(long slot, boolean settingUp) throws IOException {
        Symbol table = kernel.text().symbols().object(slot).orElse(null);
        if (table == null) {
            return List.of();
        }
        List<Integer> members = kernel.text()
                .graph()
                .pointedToFrom(table.address(), kernel.functions().nextSymbol(table.address()));
        if (members.size() > TABLE_MAX) {
            return List.of();
        }
        Map<String, Set<Integer>> groups = new LinkedHashMap<>();
        for (int member : members) {
            Symbol symbol = kernel.functions().symbol(member);
            Signature signature = kernel.signature(symbol).orElse(null);
            if (signature != null
                    && !isOnWay(member)
                    && Requests.refuses(kernel, member)
                    && isSettingUp(symbol, signature) == settingUp) {
                groups.computeIfAbsent(signature.describe(), s -> new TreeSet<>())
                        .add(member);
            }
        }
        List<Set<Integer>> sorted = new ArrayList<>(groups.values());
        sorted.sort(Comparator.comparingLong(
                g -> -Requests.objects(kernel, g.iterator().next()).stream()
                        .filter(objects::contains)
                        .count()));
        return sorted;
    }

    private static boolean isSettingUp(Symbol symbol, Signature signature) {
        return Contract.isAcquisition(symbol.name()) || Requests.isRequest(signature);
    }
}
