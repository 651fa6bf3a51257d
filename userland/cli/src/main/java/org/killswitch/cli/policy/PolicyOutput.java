// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Json;
import org.killswitch.control.Retval;
import org.killswitch.policy.Actual;
import org.killswitch.policy.Change;
import org.killswitch.policy.Desired;
import org.killswitch.policy.GuardText;
import org.killswitch.policy.Plan;

/** How a difference is shown. */
final class PolicyOutput {

    private PolicyOutput() {}

    static void lines(Host host, HostPolicy.Difference difference) {
        difference.plan().changes().forEach(c -> host.out().println(c.line()));
        difference.notes().forEach(n -> host.err().println("killswitch: " + n));
        difference.leftOut().forEach(l -> host.err().println("killswitch: " + l));
        difference.problems().forEach(p -> host.err().println("killswitch: " + p));
    }

    /** "3 changes, 5 in place", with a verb. */
    static String count(Plan plan, String verb) {
        int changes = plan.changes().size();
        return changes + (changes == 1 ? " change" : " changes") + verb + "; "
                + plan.inPlace().size() + " of the policy "
                + (plan.inPlace().size() == 1 ? "was" : "were") + " in place";
    }

    /**
     * For programs.
     *
     * @param applied whether the changes were made
     */
    static String json(HostPolicy.Difference difference, boolean applied) {
        Map<String, @Nullable Object> root = Json.document();
        List<Object> changes = new ArrayList<>();
        difference.plan().changes().forEach(c -> changes.add(json(c)));
        root.put("changes", changes);
        root.put(
                "in_place",
                difference.plan().inPlace().stream().map(d -> d.symbol().text()).toList());
        root.put("notes", difference.notes());
        root.put("left_out", difference.leftOut());
        root.put("problems", difference.problems());
        root.put("applied", applied);
        return Json.render(root, true);
    }

    private static Map<String, @Nullable Object> json(Change change) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("change", change.word());
        switch (change) {
            case Change.Begin(Desired d) -> wanted(node, d);
            case Change.SetValue(Actual a, Desired d) -> wanted(node, a, d);
            case Change.Enforce(Actual a, Desired d) -> wanted(node, a, d);
            case Change.Keep(Actual a, Desired d) -> wanted(node, a, d);
            case Change.Replace(Actual a, Desired d) -> wanted(node, a, d);
            case Change.End(Actual a) -> {
                node.put("symbol", a.symbol().text());
                node.put("was", json(a.retval(), a.guard()));
            }
        }
        return node;
    }

    private static void wanted(Map<String, @Nullable Object> node, Desired d) {
        node.put("symbol", d.symbol().text());
        node.putAll(json(d.retval(), d.guard()));
        node.put("where", d.where());
    }

    private static void wanted(Map<String, @Nullable Object> node, Actual a, Desired d) {
        wanted(node, d);
        node.put("was", json(a.retval(), a.guard()));
    }

    private static Map<String, @Nullable Object> json(Optional<Retval> retval, Optional<GuardText> guard) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("retval", retval.map(Retval::value).orElse(null));
        node.put("when", guard.map(GuardText::when).orElse(null));
        return node;
    }
}
