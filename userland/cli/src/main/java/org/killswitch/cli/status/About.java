// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.status;

import java.io.IOException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Json;
import org.killswitch.cli.output.Messages;
import org.killswitch.cli.output.Table;
import org.killswitch.cli.output.Times;
import org.killswitch.control.Engagement;
import org.killswitch.control.Pending;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.control.log.KernelLog;
import org.killswitch.control.log.Origin;
import org.killswitch.host.Symbols;
import org.killswitch.host.TasksInside;
import org.killswitch.policy.GuardText;
import org.killswitch.policy.GuardTexts;

/**
 * Everything about one function.
 *
 * @param symbol its name as it was engaged
 * @param guard the text of its guard, where it has one and that is known
 * @param programs the pins of engagebpf for it
 * @param module that it is in, or waits for; empty for the kernel itself, and where it is not known
 * @param inside the tasks that are inside it; empty where that is not known
 * @param log what the module said about it, oldest first
 */
record About(
        SymbolName symbol,
        Optional<Engagement> engaged,
        Optional<Pending> pending,
        Optional<GuardText> guard,
        List<String> programs,
        Optional<String> module,
        Optional<List<TasksInside.Task>> inside,
        List<KernelLog.Said> log) {

    static About of(
            Host host,
            SymbolName asked,
            Optional<Engagement> engaged,
            Optional<Pending> pending,
            List<String> programs) {
        SymbolName symbol = engaged.map(Engagement::symbol)
                .or(() -> pending.map(Pending::symbol))
                .orElse(asked);
        Optional<String> module =
                symbol.module().or(() -> pending.flatMap(Pending::module)).or(() -> moduleOf(host, symbol));
        return new About(
                symbol,
                engaged,
                pending,
                engaged.isPresent() && !isGuarded(engaged.get())
                        ? Optional.empty()
                        : new GuardTexts(host.files()).of(symbol),
                programs,
                module,
                TasksInside.read(host.files()).map(tasks -> tasks.inside(symbol.function(), symbol.module())),
                host.killswitch().log(symbol));
    }

    private static boolean isGuarded(Engagement engagement) {
        return engagement.details().filter(d -> d.passed().isPresent()).isPresent();
    }

    private static Optional<String> moduleOf(Host host, SymbolName symbol) {
        try {
            return Symbols.moduleOf(host.files().path(Symbols.FILE.toString()), symbol.function());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<Origin> origin() {
        return engaged.flatMap(Engagement::origin).or(() -> pending.flatMap(Pending::origin));
    }

    private Optional<Engagement.Details> details() {
        return engaged.flatMap(Engagement::details);
    }

    /** For a person; what is not known has no line. */
    List<String> lines(Users users, ZoneId zone) {
        Map<String, String> facts = new LinkedHashMap<>();
        engaged.map(StatusTable::retval)
                .or(() -> pending.flatMap(Pending::retval).map(Retval::toString))
                .filter(value -> !value.equals("-"))
                .ifPresent(value -> facts.put("retval", value));
        guard.ifPresent(g -> facts.put("when", g.toString()));
        details()
                .map(StatusTable::state)
                .or(() -> pending.map(StatusTable::state))
                .ifPresent(state -> facts.put("state", state));
        details().flatMap(Engagement.Details::reason).ifPresent(reason -> facts.put("reason", reason));
        origin().ifPresent(o -> {
            facts.put("since", Times.forPeople(o.when(), zone));
            facts.put("by", users.by(o.by()));
        });
        engaged.ifPresent(e -> facts.put("hits", Long.toString(e.hits())));
        details().ifPresent(d -> {
            d.passed().ifPresent(n -> facts.put("passed", Long.toString(n)));
            d.unread().ifPresent(n -> facts.put("unread", Long.toString(n)));
            facts.put("backend", d.backend().toString());
        });
        module.ifPresent(m -> facts.put("module", m));
        if (!programs.isEmpty()) {
            facts.put("bpf programs", String.join(", ", programs));
        }
        inside.ifPresent(tasks -> facts.put("tasks inside", inside(tasks)));
        Table table = new Table(List.of(Table.Align.LEFT, Table.Align.LEFT));
        facts.forEach((name, value) -> table.row(List.of(name, value)));
        List<String> lines = new ArrayList<>(List.of(symbol.text()));
        table.lines().forEach(line -> lines.add("  " + line));
        log.forEach(said -> lines.add("  " + Times.forPeople(said.when(), zone) + "  " + said.text()));
        return lines;
    }

    private static String inside(List<TasksInside.Task> tasks) {
        return tasks.isEmpty()
                ? "none"
                : tasks.stream().map(Messages::task).collect(Collectors.joining(", "))
                        + "; a call that began before is not overridden";
    }

    /** For programs; what is not known is null. */
    String json() {
        Map<String, @Nullable Object> root = Json.document();
        if (engaged.isPresent()) {
            StatusJson.fill(root, engaged.get());
        } else if (pending.isPresent()) {
            StatusJson.fill(root, pending.get());
            root.put("state", "pending");
        } else {
            root.put("symbol", symbol.text());
            root.put("state", null);
        }
        root.put("when", guard.map(GuardText::when).orElse(null));
        root.put("module", module.orElse(null));
        root.put("programs", programs);
        root.put("tasks_inside", inside.map(About::json).orElse(null));
        root.put("log", log.stream().map(About::json).toList());
        return Json.render(root, true);
    }

    private static List<Map<String, Object>> json(List<TasksInside.Task> tasks) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (TasksInside.Task task : tasks) {
            Map<String, Object> node = new LinkedHashMap<>();
            node.put("pid", task.pid());
            node.put("tid", task.tid());
            node.put("comm", task.comm());
            list.add(node);
        }
        return list;
    }

    private static Map<String, Object> json(KernelLog.Said said) {
        Map<String, Object> node = new LinkedHashMap<>();
        node.put("time", Times.forPrograms(said.when()));
        node.put("text", said.text());
        return node;
    }
}
