package org.killswitch.cli;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.killswitch.control.Engagement;
import org.killswitch.control.Origin;
import org.killswitch.control.Pending;
import org.killswitch.control.SymbolName;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Engagements as JSON; what cannot be known is null. Built by hand: the form is a promise to scripts. */
final class StatusJson {

    private static final JsonMapper MAPPER = new JsonMapper();

    private StatusJson() {}

    /**
     * Renders one object.
     *
     * @param rates hits per second by symbol; null leaves them out
     * @param pretty over several lines; else on one
     */
    static String render(Status status, @Nullable Map<SymbolName, Double> rates, boolean pretty) {
        ObjectNode root = MAPPER.createObjectNode();
        var list = root.putArray("engagements");
        for (Engagement engagement : status.engagements()) {
            ObjectNode node = list.addObject();
            fill(node, engagement);
            if (rates != null) {
                node.put("hitsPerSecond", rates.get(engagement.symbol()));
            }
        }
        var waiting = root.putArray("pending");
        status.pending().forEach(p -> fill(waiting.addObject(), p));
        root.put("sealed", status.sealed());
        return (pretty ? MAPPER.writerWithDefaultPrettyPrinter() : MAPPER.writer()).writeValueAsString(root);
    }

    private static void fill(ObjectNode node, Engagement e) {
        node.put("symbol", e.symbol().text());
        node.put("retval", e.retval().value());
        node.put("errno", e.retval().errno().map(Enum::name).orElse(null));
        node.put("hits", e.hits());
        node.put("state", e.details().map(d -> d.state().toString()).orElse(null));
        node.put(
                "timeoutLeft", e.details().map(d -> d.timeoutLeft().toSeconds()).orElse(null));
        node.put("backend", e.details().map(d -> d.backend().toString()).orElse(null));
        origin(node, e.origin());
    }

    private static void fill(ObjectNode node, Pending p) {
        node.put("symbol", p.symbol().text());
        node.put("retval", p.retval().value());
        node.put("errno", p.retval().errno().map(Enum::name).orElse(null));
        node.put("module", p.module().orElse(null));
        origin(node, p.origin());
    }

    private static void origin(ObjectNode node, Optional<Origin> origin) {
        node.put("since", origin.map(o -> o.when().toString()).orElse(null));
        origin.ifPresentOrElse(o -> by(node.putObject("by"), o.by()), () -> node.putNull("by"));
    }

    private static void by(ObjectNode node, Origin.By by) {
        switch (by) {
            case Origin.Operator operator -> {
                node.put("source", "control");
                node.put("uid", operator.uid());
                if (operator.loginUid().isPresent()) {
                    node.put("loginUid", operator.loginUid().getAsLong());
                } else {
                    node.putNull("loginUid");
                }
                node.put("comm", operator.comm());
            }
            case Origin.ModuleParameter parameter -> node.put("source", "modparam");
        }
    }
}
