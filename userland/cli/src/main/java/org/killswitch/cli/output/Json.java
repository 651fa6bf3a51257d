// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.output;

import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * Maps, lists, text, numbers, booleans and null as JSON, by Jackson's generator alone: its databind has seven hundred
 * classes to load, which is more than a command that scripts wait for can afford.
 */
public final class Json {

    /** Of the form of all that is printed; it grows when a name goes or changes its meaning, not when one is added. */
    private static final long VERSION = 1;

    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    /** The outermost object of what is printed, which says of which version it is; names in it are snake_case. */
    public static Map<String, @Nullable Object> document() {
        Map<String, @Nullable Object> root = new LinkedHashMap<>();
        root.put("version", VERSION);
        return root;
    }

    /** The same, with one more member. */
    public static Map<String, @Nullable Object> document(String name, Object value) {
        Map<String, @Nullable Object> root = document();
        root.put(name, value);
        return root;
    }

    /** Renders a value; {@code pretty} over several lines, else on one. */
    public static String render(Object value, boolean pretty) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(pretty ? new Pretty() : ObjectWriteContext.empty(), text)) {
            write(out, value);
        }
        return text.toString();
    }

    @SuppressWarnings("IfChainToSwitch") // code that the JVM makes anew at every start
    private static void write(JsonGenerator out, @Nullable Object value) {
        if (value == null) {
            out.writeNull();
        } else if (value instanceof Map<?, ?> map) {
            out.writeStartObject();
            map.forEach((name, member) -> {
                out.writeName(name.toString());
                write(out, member);
            });
            out.writeEndObject();
        } else if (value instanceof List<?> list) {
            out.writeStartArray();
            list.forEach(element -> write(out, element));
            out.writeEndArray();
        } else if (value instanceof String text) {
            out.writeString(text);
        } else if (value instanceof Long number) {
            out.writeNumber(number);
        } else if (value instanceof Double number) {
            out.writeNumber(number);
        } else if (value instanceof Boolean bool) {
            out.writeBoolean(bool);
        } else {
            throw new IllegalArgumentException(value.getClass() + " in JSON");
        }
    }

    private static final class Pretty extends ObjectWriteContext.Base {
        @Override
        public PrettyPrinter getPrettyPrinter() {
            return new DefaultPrettyPrinter();
        }

        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }
    }
}
