// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.Reach;
import org.killswitch.catalogue.facts.EngagedFunction;
import org.killswitch.catalogue.facts.HostFacts;
import org.killswitch.catalogue.facts.Livepatch;
import org.killswitch.catalogue.facts.ModuleTree;
import org.killswitch.control.Retval;

/** Looks for what keeps everybody away from flawed code. Each finding is about an effect; a wish in a file is a note. */
final class Mitigations {

    private final HostFacts host;
    private final FunctionsHere functions;

    Mitigations(HostFacts host, FunctionsHere functions) {
        this.host = host;
        this.functions = functions;
    }

    /** What was found; one that decides is enough. */
    List<Evidence> of(Subject subject, Place place) {
        List<Evidence> found = new ArrayList<>();
        subject.entry().ifPresent(entry -> {
            entry.engagements().forEach(e -> addEngagement(e, found));
            addLivepatches(entry, found);
            addSettings(entry, found);
        });
        if (subject.entry().isEmpty()) {
            addReasons(subject, found);
        }
        addBlocks(subject, place, found);
        return found;
    }

    /** Whether all functions of one of its engagements are engaged. */
    boolean isEngaged(Entry entry) {
        List<Evidence> found = new ArrayList<>();
        entry.engagements().forEach(e -> addEngagement(e, found));
        return found.stream().anyMatch(Evidence::decides);
    }

    /** Nobody wrote down what closes it: somebody engaged something because of it. */
    private void addReasons(Subject subject, List<Evidence> found) {
        host.engaged().stream()
                .filter(e -> e.onlyCounts().isEmpty() && e.isBecauseOf(subject.cve()))
                .forEach(e -> found.add(Evidence.deciding(
                        Evidence.Source.MITIGATION,
                        e.symbol() + " returns " + e.retval() + ", engaged because of " + subject.cve())));
    }

    private void addEngagement(Entry.Engagement engagement, List<Evidence> found) {
        List<String> closed = new ArrayList<>();
        List<String> open = new ArrayList<>();
        List<Entry.Function> wanted = functions.of(engagement).functions();
        for (Entry.Function function : wanted) {
            Optional<EngagedFunction> engaged =
                    host.engaged().stream().filter(e -> e.is(function.symbol())).findFirst();
            if (engaged.isEmpty()) {
                open.add(function.symbol() + " is not engaged");
            } else {
                Optional<String> doubt = doubt(function, engaged.get());
                if (doubt.isPresent()) {
                    open.add(doubt.get());
                } else {
                    closed.add(
                            engaged.get().symbol() + " returns " + engaged.get().retval()
                                    + (engaged.get().pending() ? " as soon as its module is loaded" : ""));
                }
            }
        }
        if (open.isEmpty()) {
            found.add(Evidence.deciding(Evidence.Source.MITIGATION, "engaged: " + String.join(", ", closed)));
        } else if (open.size() < wanted.size() || !open.getFirst().endsWith(" is not engaged")) {
            found.add(Evidence.note(Evidence.Source.MITIGATION, "engaged only in part: " + String.join(", ", open)));
        }
    }

    /** Why a function that is engaged does not close what the entry wants closed. */
    private Optional<String> doubt(Entry.Function wanted, EngagedFunction engaged) {
        if (engaged.pending() && host.isBuiltIn(engaged.symbol())) {
            return Optional.of(engaged.symbol() + " waits for a module that is built in, and is never engaged");
        }
        if (engaged.onlyCounts().isPresent()) {
            return Optional.of(
                    engaged.symbol() + " is only " + engaged.onlyCounts().get());
        }
        if (engaged.isGuarded() && wanted.when().filter(engaged::isGuardedBy).isEmpty()) {
            return Optional.of(engaged.symbol()
                    + (wanted.when().isEmpty()
                            ? " has a guard that lets calls through"
                            : " has a guard that is not known to be '"
                                    + wanted.when().get() + "'"));
        }
        boolean isSame = wanted.retval().equals(engaged.retval());
        return isSame || (isError(wanted.retval()) && isError(engaged.retval()))
                ? Optional.empty()
                : Optional.of(engaged.symbol() + " returns " + engaged.retval() + ", not " + wanted.retval());
    }

    /** Which error a caller gets makes no difference to whether it gets in. */
    private static boolean isError(Retval retval) {
        return retval.errno().isPresent();
    }

    private void addLivepatches(Entry entry, List<Evidence> found) {
        for (Livepatch patch : host.livepatches()) {
            Optional<String> function = entry.fixedFunctions().stream()
                    .filter(patch.functions()::contains)
                    .findFirst();
            found.add(
                    function.isPresent()
                            ? Evidence.deciding(
                                    Evidence.Source.MITIGATION,
                                    "livepatch " + patch.name() + " replaces " + function.get() + "()")
                            : Evidence.note(
                                    Evidence.Source.MITIGATION,
                                    "livepatch " + patch.name() + " is in effect; nothing says that it fixes this"));
        }
    }

    private void addSettings(Entry entry, List<Evidence> found) {
        for (Entry.Measure measure : entry.otherMeasures()) {
            measure.sysctl().ifPresent(setting -> {
                String[] parts = setting.split("=", 2);
                if (host.sysctl(parts[0]).orElse("").equals(parts[1])) {
                    found.add(Evidence.deciding(Evidence.Source.MITIGATION, "sysctl " + setting));
                }
            });
        }
        if (entry.reach() == Reach.USER_NAMESPACE) {
            for (String name : List.of("kernel.unprivileged_userns_clone", "user.max_user_namespaces")) {
                if (host.sysctl(name).orElse("").equals("0")) {
                    found.add(Evidence.deciding(
                            Evidence.Source.MITIGATION,
                            "sysctl " + name + "=0: no user without privilege can make a user namespace"));
                }
            }
        }
    }

    /** An entry's module is the one that matters; else all of the modules that have a part of the code. */
    private void addBlocks(Subject subject, Place place, List<Evidence> found) {
        List<Place> parts = place instanceof Place.Several several ? several.parts() : List.of(place);
        List<String> reasons = new ArrayList<>();
        boolean isAllBlocked = true;
        for (Place part : parts) {
            Optional<String> block = part instanceof Place.InModule in ? blockOf(in.module()) : Optional.empty();
            if (part instanceof Place.InModule in && block.isPresent() && !host.isLoaded(in.module())) {
                reasons.add(in.module() + " cannot be loaded: " + block.get());
            } else {
                isAllBlocked = false;
                addUseless(part, found);
            }
        }
        if (isAllBlocked && !reasons.isEmpty()) {
            found.add(Evidence.deciding(Evidence.Source.MITIGATION, String.join("; ", reasons)));
        }
        if (place instanceof Place.BuiltIn) {
            subject.entry()
                    .flatMap(Entry::module)
                    .flatMap(host.rules()::block)
                    .ifPresent(rule -> found.add(
                            Evidence.note(Evidence.Source.MITIGATION, rule + " has no effect: the code is built in")));
        }
    }

    /** The rule that keeps a module out, or one of those that it cannot do without. */
    private Optional<String> blockOf(String module) {
        Optional<String> own = host.rules().block(module);
        return own.isPresent()
                ? own
                : host.modules().needs(module).stream()
                        .filter(m -> !host.isLoaded(m))
                        .filter(m -> host.modules()
                                .kind(m)
                                .filter(k -> k == ModuleTree.Kind.LOADABLE)
                                .isPresent())
                        .sorted()
                        .flatMap(m -> host.rules().block(m).stream().map(rule -> "it needs " + m + ", " + rule))
                        .findFirst();
    }

    private void addUseless(Place part, List<Evidence> found) {
        if (part instanceof Place.InModule in) {
            blockOf(in.module())
                    .filter(b -> host.isLoaded(in.module()))
                    .ifPresent(rule -> found.add(Evidence.note(
                            Evidence.Source.MITIGATION, rule + " comes too late: " + in.module() + " is loaded")));
            if (host.rules().isBlacklisted(in.module())) {
                found.add(Evidence.note(
                        Evidence.Source.MITIGATION,
                        "'blacklist " + in.module() + "' hides the module's aliases only: it is loaded by its name,"
                                + " and with what needs it"));
            }
        }
    }
}
