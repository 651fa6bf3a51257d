// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.killswitch.policy.PolicyException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** A JSON object: what all messages but the policy are. A name that a newer version has added is ignored. */
public final class Json {

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int DEPTH_MAX = 16;

    private final Map<String, Object> members;

    private Json(Map<String, Object> members) {
        this.members = members;
    }

    public static Json object() {
        return new Json(new LinkedHashMap<>());
    }

    /** Reads a message, which may be anybody's. */
    public static Json parse(byte[] message) throws PolicyException {
        try (JsonParser in = FACTORY.createParser(ObjectReadContext.empty(), message)) {
            if (in.nextToken() == JsonToken.START_OBJECT) {
                return new Json(members(in, 0));
            }
        } catch (JacksonException e) {
            throw new PolicyException("a message is not JSON: " + e.getOriginalMessage(), e);
        }
        throw new PolicyException("a message is no JSON object");
    }

    private static Map<String, Object> members(JsonParser in, int depth) throws PolicyException {
        Map<String, Object> members = new LinkedHashMap<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            in.nextToken();
            Object value = value(in, depth + 1);
            if (value != null) {
                members.put(name, value);
            }
        }
        return members;
    }

    private static @Nullable Object value(JsonParser in, int depth) throws PolicyException {
        if (depth > DEPTH_MAX) {
            throw new PolicyException("a message is nested too deeply");
        }
        return switch (in.currentToken()) {
            case START_OBJECT -> members(in, depth);
            case START_ARRAY -> {
                List<Object> elements = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    Object element = value(in, depth + 1);
                    if (element != null) {
                        elements.add(element);
                    }
                }
                yield elements;
            }
            case VALUE_STRING -> in.getString();
            case VALUE_NUMBER_INT -> in.getLongValue();
            case VALUE_NUMBER_FLOAT -> in.getDoubleValue(); // none of ours; a newer version may have one
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new PolicyException("a message has a value that none of ours has");
        };
    }

    /** Adds a member: text, Long, Boolean, Json, a map or a list of such. */
    public Json with(String name, Object value) {
        members.put(name, value);
        return this;
    }

    /** The same, where there is a value. */
    public Json with(String name, Optional<?> value) {
        value.ifPresent(v -> members.put(name, v));
        return this;
    }

    public byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            write(generator, members);
        }
        return out.toByteArray();
    }

    /** The same as text. */
    @Override
    public String toString() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    private static void write(JsonGenerator out, Object value) {
        switch (value) {
            case Json json -> write(out, json.members);
            case Map<?, ?> map -> {
                out.writeStartObject();
                map.forEach((name, member) -> {
                    out.writeName(name.toString());
                    write(out, member);
                });
                out.writeEndObject();
            }
            case Iterable<?> list -> {
                out.writeStartArray();
                list.forEach(element -> write(out, element));
                out.writeEndArray();
            }
            case String text -> out.writeString(text);
            case Long number -> out.writeNumber(number);
            case Boolean bool -> out.writeBoolean(bool);
            default -> throw new IllegalArgumentException(value.getClass() + " in JSON");
        }
    }

    /** A text; empty where there is none of that name. */
    public Optional<String> optionalText(String name) {
        return get(name, String.class);
    }

    public String text(String name) throws PolicyException {
        return optionalText(name).orElseThrow(() -> missing(name));
    }

    /** A whole number; empty where there is none of that name. */
    public Optional<Long> optionalNumber(String name) {
        return get(name, Long.class);
    }

    public long number(String name) throws PolicyException {
        return optionalNumber(name).orElseThrow(() -> missing(name));
    }

    /** A point in time, as RFC 3339 writes it. */
    public Instant instant(String name) throws PolicyException {
        String text = text(name);
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new PolicyException("a message has '" + text + "' for a time", e);
        }
    }

    public boolean bool(String name) {
        return get(name, Boolean.class).orElse(false);
    }

    /** A constant by its name. */
    public <E extends Enum<E>> E constant(String name, Class<E> type) throws PolicyException {
        return constant(type, text(name));
    }

    static <E extends Enum<E>> E constant(Class<E> type, String text) throws PolicyException {
        for (E value : type.getEnumConstants()) {
            if (value.name().equals(text)) {
                return value;
            }
        }
        throw new PolicyException("a message has the unknown word " + text);
    }

    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        if (members.get(name) instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof String text) {
                    texts.add(text);
                }
            }
        }
        return texts;
    }

    /** The members of one type of an object; none where there is no object of that name. */
    public <T> Map<String, T> map(String name, Class<T> type) {
        Map<String, T> found = new LinkedHashMap<>();
        if (members.get(name) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (type.isInstance(value)) {
                    found.put(key.toString(), type.cast(value));
                }
            });
        }
        return found;
    }

    /** An object; an empty one where there is none. */
    public Json object(String name) {
        return new Json(map(name, Object.class));
    }

    /** The objects of a list. */
    public List<Json> objects(String name) {
        List<Json> objects = new ArrayList<>();
        if (members.get(name) instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof Map<?, ?> map) {
                    Json object = object();
                    map.forEach((key, value) -> object.members.put(key.toString(), value));
                    objects.add(object);
                }
            }
        }
        return objects;
    }

    public Iterable<String> names() {
        return members.keySet();
    }

    private <T> Optional<T> get(String name, Class<T> type) {
        Object value = members.get(name);
        return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
    }

    private static PolicyException missing(String name) {
        return new PolicyException("a message lacks " + name);
    }
}
