// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Takes entries out of the files that they were written in; everything else in those stays as it is. */
public final class PolicyEdit {

    private PolicyEdit() {}

    /** Takes entries out. Each file is written at once. */
    public static void remove(List<PolicyEntry> entries) throws PolicyException {
        Map<Path, List<PolicyEntry>> byFile =
                entries.stream().collect(Collectors.groupingBy(PolicyEntry::file, TreeMap::new, Collectors.toList()));
        for (Map.Entry<Path, List<PolicyEntry>> file : byFile.entrySet()) {
            String text;
            try {
                text = Files.readString(file.getKey());
            } catch (IOException e) {
                throw new PolicyException(file.getKey() + " cannot be read: " + e.getMessage(), e);
            }
            List<Integer> lines =
                    file.getValue().stream().map(PolicyEntry::line).toList();
            AtomicFile.write(file.getKey(), without(text, lines, file.getKey()));
        }
    }

    /** A text without the elements of its list that begin in some lines. */
    static String without(String text, List<Integer> beginnings, Path file) throws PolicyException {
        SequenceNode list = list(text, file);
        List<String> kept = new ArrayList<>(text.lines().toList());
        int left = list.getValue().size();
        for (Node element : list.getValue().reversed()) {
            int first = mark(element.getStartMark(), file).getLine();
            if (beginnings.contains(first + 1)) {
                kept.subList(first, lastLine(element, file) + 1).clear();
                left--;
            }
        }
        String rest = kept.isEmpty() ? "" : String.join("\n", kept) + "\n";
        boolean isAsMeant = list.getFlowStyle() == FlowStyle.BLOCK
                && (left == 0 ? isNothing(rest) : list(rest, file).getValue().size() == left);
        if (!isAsMeant) {
            throw new PolicyException(file + ": line " + beginnings.getFirst()
                    + " is over; take it out by hand: the entries are not on lines of their own");
        }
        return rest;
    }

    private static boolean isNothing(String text) {
        return text.lines().allMatch(l -> l.isBlank() || l.stripLeading().startsWith("#") || l.equals("---"));
    }

    private static SequenceNode list(String text, Path file) throws PolicyException {
        try {
            return (SequenceNode) new Compose(LoadSettings.builder().build())
                    .composeReader(new StringReader(text))
                    .orElseThrow();
        } catch (YamlEngineException | ClassCastException e) {
            throw new PolicyException(file + " has changed meanwhile; run it again", e);
        }
    }

    /** The last line that belongs to it: a block of lines ends where the next thing begins. */
    private static int lastLine(Node node, Path file) throws PolicyException {
        if (node instanceof MappingNode mapping
                && mapping.getFlowStyle() == FlowStyle.BLOCK
                && !mapping.getValue().isEmpty()) {
            int last = 0;
            for (NodeTuple tuple : mapping.getValue()) {
                last = Math.max(last, lastLine(tuple.getValueNode(), file));
            }
            return last;
        }
        Mark end = node.getEndMark().orElseThrow(() -> new PolicyException(file + " cannot be changed"));
        return end.getColumn() == 0 && end.getLine() > 0 ? end.getLine() - 1 : end.getLine();
    }

    private static Mark mark(Optional<Mark> mark, Path file) throws PolicyException {
        return mark.orElseThrow(() -> new PolicyException(file + " cannot be changed"));
    }
}
