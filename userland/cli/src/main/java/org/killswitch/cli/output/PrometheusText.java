// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.output;

import java.util.Map;
import java.util.stream.Collectors;

/** Metrics in Prometheus' text format. */
public final class PrometheusText {

    private final StringBuilder text = new StringBuilder();

    /** What a value may be. */
    public enum MetricType {
        GAUGE("gauge"),
        COUNTER("counter");

        private final String word;

        MetricType(String word) {
            this.word = word;
        }
    }

    /** Begins a metric; its samples have to follow. */
    public Family family(String name, MetricType type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type.word).append('\n');
        return new Family(name);
    }

    /** A metric. */
    public final class Family {
        private final String name;

        private Family(String name) {
            this.name = name;
        }

        /** A sample; its labels in the order of the map. */
        public void sample(Map<String, String> labels, long value) {
            text.append(name);
            if (!labels.isEmpty()) {
                text.append(labels.entrySet().stream()
                        .map(l -> l.getKey() + "=\"" + escaped(l.getValue()) + "\"")
                        .collect(Collectors.joining(",", "{", "}")));
            }
            text.append(' ').append(value).append('\n');
        }

        /** The only sample: 1 or 0. */
        public void sample(boolean value) {
            sample(Map.of(), value ? 1 : 0);
        }
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
