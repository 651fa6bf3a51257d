// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.status;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.output.Json;
import org.killswitch.cli.output.Times;
import org.killswitch.control.Engagement;
import org.killswitch.control.Pending;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.control.log.Origin;

/** Engagements as JSON; what cannot be known is null. Built by hand: the form is a promise to scripts. */
final class StatusJson {

    private StatusJson() {}

    /**
     * Renders one object.
     *
     * @param rates hits per second by symbol; null leaves them out
     * @param notes about boots, with which it is shown over several lines; null, and it is on one
     */
    static String render(Status status, @Nullable Map<SymbolName, Double> rates, @Nullable List<String> notes) {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        for (Engagement engagement : status.engagements()) {
            Map<String, @Nullable Object> node = new LinkedHashMap<>();
            fill(node, engagement);
            if (rates != null) {
                node.put("hits_per_second", rates.get(engagement.symbol()));
            }
            list.add(node);
        }
        List<Map<String, @Nullable Object>> waiting = new ArrayList<>();
        for (Pending pending : status.pending()) {
            Map<String, @Nullable Object> node = new LinkedHashMap<>();
            fill(node, pending);
            waiting.add(node);
        }
        Map<String, @Nullable Object> root = Json.document();
        root.put("engagements", list);
        root.put("pending", waiting);
        root.put("programs", status.programs().orElse(null));
        root.put("sealed", status.sealed());
        root.put("locked", status.locked());
        if (notes != null) {
            root.put("notes", notes);
        }
        return Json.render(root, notes != null);
    }

    static void fill(Map<String, @Nullable Object> node, Engagement e) {
        node.put("symbol", e.symbol().text());
        boolean observed =
                e.details().filter(d -> d.state() == Engagement.State.OBSERVING).isPresent();
        node.put("retval", observed ? null : e.retval().value());
        node.put("errno", observed ? null : e.retval().errno().map(Enum::name).orElse(null));
        node.put("hits", e.hits());
        OptionalLong passed = e.details().map(Engagement.Details::passed).orElse(OptionalLong.empty());
        node.put("passed", passed.isPresent() ? passed.getAsLong() : null);
        OptionalLong unread = e.details().map(Engagement.Details::unread).orElse(OptionalLong.empty());
        node.put("unread", unread.isPresent() ? unread.getAsLong() : null);
        node.put("reason", e.details().flatMap(Engagement.Details::reason).orElse(null));
        node.put("state", e.details().map(d -> d.state().toString()).orElse(null));
        node.put(
                "timeout_left",
                e.details().map(d -> d.timeoutLeft().toSeconds()).orElse(null));
        node.put("backend", e.details().map(d -> d.backend().toString()).orElse(null));
        origin(node, e.origin());
    }

    static void fill(Map<String, @Nullable Object> node, Pending p) {
        node.put("symbol", p.symbol().text());
        node.put("retval", p.retval().map(Retval::value).orElse(null));
        node.put("errno", p.retval().flatMap(Retval::errno).map(Enum::name).orElse(null));
        node.put("module", p.module().orElse(null));
        origin(node, p.origin());
    }

    private static void origin(Map<String, @Nullable Object> node, Optional<Origin> origin) {
        node.put("since", origin.map(o -> Times.forPrograms(o.when())).orElse(null));
        node.put("by", origin.map(o -> by(o.by())).orElse(null));
    }

    private static Map<String, @Nullable Object> by(Origin.By by) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        if (by instanceof Origin.Operator operator) {
            node.put("source", "control");
            node.put("uid", operator.uid());
            node.put(
                    "login_uid",
                    operator.loginUid().isPresent() ? operator.loginUid().getAsLong() : null);
            node.put("comm", operator.comm());
        } else {
            node.put("source", "modparam");
        }
        return node;
    }
}
