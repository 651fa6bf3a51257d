// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** A small piece of JSON as maps, lists and texts; the large files that it is a piece of are read as streams. */
final class Json {

    private Json() {}

    /** Reads the value that begins at the parser's token. */
    static Object read(JsonParser in) {
        return switch (in.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> map = new LinkedHashMap<>();
                while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = in.currentName();
                    in.nextToken();
                    map.put(name, read(in));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    list.add(read(in));
                }
                yield list;
            }
            case VALUE_NULL -> "";
            case null -> throw new IllegalStateException("there is no value to read");
            default -> in.getString();
        };
    }

    /** What is at the end of a path of names; the first element where a list is on the way. */
    private static @Nullable Object at(Object node, String... path) {
        Object here = node;
        for (String name : path) {
            if (here instanceof List<?> list && !list.isEmpty()) {
                here = list.getFirst();
            }
            here = here instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return here;
    }

    static Optional<String> text(Object node, String... path) {
        return at(node, path) instanceof String s && !s.isBlank() ? Optional.of(s) : Optional.empty();
    }

    static List<Object> list(Object node, String... path) {
        return at(node, path) instanceof List<?> list ? List.copyOf(list) : List.of();
    }

    static List<String> texts(Object node, String... path) {
        return list(node, path).stream().map(Object::toString).toList();
    }

    static Map<String, Object> map(Object node, String... path) {
        Map<String, Object> copy = new LinkedHashMap<>();
        if (at(node, path) instanceof Map<?, ?> map) {
            map.forEach((k, v) -> copy.put(String.valueOf(k), v));
        }
        return copy;
    }
}
