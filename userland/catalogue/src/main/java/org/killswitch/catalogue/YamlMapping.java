// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue;

import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A mapping of a YAML file, whose keys are taken out one after the other: what is left in the end is unknown. Every error
 * says file, line and key.
 */
public final class YamlMapping {

    /** Turns the text of a value into what it means. */
    @FunctionalInterface
    public interface Parser<T> {
        /** Empty if it is not such a value. */
        Optional<T> parse(String text);
    }

    /** Turns an element of a list into what it means. */
    @FunctionalInterface
    public interface ElementReader<T> {
        T read(YamlMapping element) throws EntryException;
    }

    private final Path file;
    private final String key;
    private final int line;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();

    private YamlMapping(Path file, String key, Node node) throws EntryException {
        this.file = file;
        this.key = key;
        this.line = lineOf(node);
        if (!(node instanceof MappingNode mapping)) {
            throw new EntryException(file, line, key, "a mapping of keys to values belongs here");
        }
        for (NodeTuple tuple : mapping.getValue()) {
            int at = lineOf(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
                throw new EntryException(file, at, key, "a key is a word");
            }
            if (values.put(name.getValue(), tuple.getValueNode()) != null) {
                throw new EntryException(file, at, below(name.getValue()), "this key is there twice");
            }
            lines.put(name.getValue(), at);
        }
    }

    /** The mapping that is a whole file. */
    public static YamlMapping ofFile(Path file, String text) throws EntryException {
        Optional<Node> node = compose(file, text);
        if (node.isEmpty()) {
            throw new EntryException(file, 1, "", "the file is empty");
        }
        return new YamlMapping(file, "", node.get());
    }

    /**
     * The mappings of a file that is a list of them; none where there is nothing in it.
     *
     * @param problems takes an element that is wrong; the others are read all the same
     * @throws EntryException if the file is no such list
     */
    public static <T> List<T> listOfFile(
            Path file, String text, ElementReader<T> reader, Consumer<EntryException> problems) throws EntryException {
        Optional<Node> node = compose(file, text);
        if (node.isEmpty() || node.get().getTag().equals(Tag.NULL)) {
            return List.of();
        }
        if (!(node.get() instanceof SequenceNode sequence)) {
            throw new EntryException(file, lineOf(node.get()), "", "a list of entries belongs here, each with a '-'");
        }
        List<T> read = new ArrayList<>();
        for (Node element : sequence.getValue()) {
            try {
                YamlMapping mapping = new YamlMapping(file, "", element);
                read.add(reader.read(mapping));
                mapping.rejectTheRest();
            } catch (EntryException e) {
                problems.accept(e);
            }
        }
        return read;
    }

    private static Optional<Node> compose(Path file, String text) throws EntryException {
        try {
            // Aliases could make a small file a huge one; no entry has use for them.
            LoadSettings settings = LoadSettings.builder()
                    .setLabel(file.toString())
                    .setMaxAliasesForCollections(0)
                    .build();
            return new Compose(settings).composeReader(new StringReader(text));
        } catch (MarkedYamlEngineException e) {
            int at = e.getProblemMark().map(m -> m.getLine() + 1).orElse(1);
            throw new EntryException(file, at, "", "not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw new EntryException(file, "not YAML: " + e.getMessage(), e);
        }
    }

    /** The line that it begins in. */
    public int line() {
        return line;
    }

    private static int lineOf(Node node) {
        return node.getStartMark().map(m -> m.getLine() + 1).orElse(1);
    }

    private String below(String name) {
        return key.isEmpty() ? name : key + "." + name;
    }

    /** An error about the mapping, or about one of its keys. */
    public EntryException error(String name, String problem) {
        return new EntryException(file, lines.getOrDefault(name, line), below(name), problem);
    }

    /** Whether a key is there, and has not been taken. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** Whatever has not been taken is an error. */
    public void rejectTheRest() throws EntryException {
        for (String name : values.keySet()) {
            throw error(name, "unknown key");
        }
    }

    public String text(String name) throws EntryException {
        return optionalText(name).orElseThrow(() -> missing(name));
    }

    private EntryException missing(String name) {
        return new EntryException(file, line, below(name), "this key is missing");
    }

    /** A text; empty where the key is not there. */
    public Optional<String> optionalText(String name) throws EntryException {
        Node node = values.remove(name);
        return node == null ? Optional.empty() : Optional.of(textOf(node, below(name)));
    }

    private String textOf(Node node, String path) throws EntryException {
        if (!(node instanceof ScalarNode scalar)) {
            throw new EntryException(file, lineOf(node), path, "a text belongs here");
        }
        String text = scalar.getValue().strip();
        if (text.isEmpty()) {
            throw new EntryException(file, lineOf(node), path, "the text is empty");
        }
        if (!scalar.getTag().equals(Tag.STR)) {
            throw new EntryException(
                    file, lineOf(node), path, "YAML does not read " + text + " as a text: put it in quotes");
        }
        return text;
    }

    /** A value that the parser accepts, which is called {@code what} where it does not. */
    public <T> T parsed(String name, Parser<T> parser, String what) throws EntryException {
        return optionalParsed(name, parser, what).orElseThrow(() -> missing(name));
    }

    /** A text that the parser accepts; empty where the key is not there. */
    public <T> Optional<T> optionalParsed(String name, Parser<T> parser, String what) throws EntryException {
        Optional<String> text = optionalText(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<T> value = parser.parse(text.get());
        if (value.isEmpty()) {
            throw error(name, "'" + text.get() + "' is not " + what);
        }
        return value;
    }

    /** What the parser makes of an integer as it is written, or of a text. */
    public <T> T textOrInteger(String name, Parser<T> parser, String what) throws EntryException {
        Node node = values.get(name);
        if (!(node instanceof ScalarNode scalar) || !scalar.getTag().equals(Tag.INT)) {
            return parsed(name, parser, what);
        }
        values.remove(name);
        String text = scalar.getValue();
        return parser.parse(text).orElseThrow(() -> error(name, "'" + text + "' is not " + what));
    }

    /** A list of texts of one form; empty where the key is not there. */
    public List<String> texts(String name, Pattern form, String what) throws EntryException {
        List<String> texts = new ArrayList<>();
        int index = 0;
        for (Node element : elements(name)) {
            String path = below(name) + "[" + index++ + "]";
            String text = textOf(element, path);
            if (!form.matcher(text).matches()) {
                throw new EntryException(file, lineOf(element), path, "'" + text + "' is not " + what);
            }
            texts.add(text);
        }
        return texts;
    }

    /** A list of mappings; empty where the key is not there. */
    public <T> List<T> mappings(String name, ElementReader<T> reader) throws EntryException {
        List<T> read = new ArrayList<>();
        int index = 0;
        for (Node element : elements(name)) {
            YamlMapping mapping = new YamlMapping(file, below(name) + "[" + index++ + "]", element);
            read.add(reader.read(mapping));
            mapping.rejectTheRest();
        }
        return read;
    }

    private List<Node> elements(String name) throws EntryException {
        Node node = values.remove(name);
        if (node == null) {
            return List.of();
        }
        if (!(node instanceof SequenceNode sequence)) {
            throw error(name, "a list belongs here");
        }
        return sequence.getValue();
    }

    public <T> Optional<T> optionalMapping(String name, ElementReader<T> reader) throws EntryException {
        Node node = values.remove(name);
        if (node == null) {
            return Optional.empty();
        }
        YamlMapping mapping = new YamlMapping(file, below(name), node);
        T read = reader.read(mapping);
        mapping.rejectTheRest();
        return Optional.of(read);
    }
}
