// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A bar chart of instructions for a call, as SVG. Nothing is painted behind it, and its colours are halfway between light
 * and dark, so that it can be read on either.
 */
final class BenchmarkPlot {
    private static final int WIDTH = 760;
    private static final int MARGIN = 16;
    private static final int LABELS = 330;
    private static final int VALUES = 60;
    private static final int LINE = 24;
    private static final int BAR = 14;
    /** From a line's top to where its text stands. */
    private static final int BASELINE = 16;

    private static final String STYLE = "text{font:13px sans-serif;fill:#78818c}"
            + ".title{font-size:15px;font-weight:bold}.kernel{font-weight:bold}.name,.value{font-size:13px}"
            + ".name{text-anchor:end}.bar{fill:#3f86d6}.base{stroke:#78818c;stroke-opacity:.5}";

    private record Bar(String kernel, String name, double instructions) {}

    private BenchmarkPlot() {}

    /**
     * The image for what the benchmark wrote.
     *
     * @throws tools.jackson.core.JacksonException if it is not JSON, or not that
     */
    static String svg(String json) {
        List<Bar> bars = bars(JsonMapper.shared().readTree(json));
        double longest = bars.stream().mapToDouble(Bar::instructions).max().orElse(0);
        StringBuilder body = new StringBuilder();
        int y = MARGIN;
        text(body, "title", MARGIN, y + BASELINE, "Instructions for a call");
        y += LINE;
        String kernel = "";
        for (Bar bar : bars) {
            if (!bar.kernel().equals(kernel)) {
                kernel = bar.kernel();
                y += LINE / 2;
                text(body, "kernel", MARGIN, y + BASELINE, "Linux " + kernel);
                y += LINE;
            }
            bar(body, bar, y, longest);
            y += LINE;
        }
        return """
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" role="img">
                <title>Instructions for a call</title>
                <style>%3$s</style>
                %4$s</svg>
                """.formatted(WIDTH, y + MARGIN, STYLE, body);
    }

    private static List<Bar> bars(JsonNode root) {
        List<Bar> bars = new ArrayList<>();
        for (JsonNode row : root.required("rows")) {
            JsonNode instructions = row.required("instructions");
            if (!instructions.isNull()) {
                bars.add(new Bar(
                        row.required("kernel").asString(), row.required("name").asString(), instructions.asDouble()));
            }
        }
        return bars;
    }

    private static void bar(StringBuilder body, Bar bar, int y, double longest) {
        int left = MARGIN + LABELS;
        int room = WIDTH - left - VALUES - MARGIN;
        double length = longest == 0 ? 0 : room * bar.instructions() / longest;
        text(body, "name", left - 8, y + BASELINE, bar.name());
        body.append(String.format(
                Locale.ROOT,
                "<rect class=\"bar\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>%n",
                left,
                y + (LINE - BAR) / 2,
                length,
                BAR));
        text(body, "value", left + length + 6, y + BASELINE, String.format(Locale.ROOT, "%.1f", bar.instructions()));
        body.append("<line class=\"base\" x1=\"%1$d\" y1=\"%2$d\" x2=\"%1$d\" y2=\"%3$d\"/>\n"
                .formatted(left, y, y + LINE));
    }

    private static void text(StringBuilder body, String style, double x, int y, String text) {
        body.append(String.format(Locale.ROOT, "<text class=\"%s\" x=\"%.1f\" y=\"%d\">", style, x, y))
                .append(escaped(text))
                .append("</text>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
