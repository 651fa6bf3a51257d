// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The file of the catalogue that says what was verified: a member for each CVE, and in it one for each kernel. */
public final class VerifiedFile {

    /** What it is called, in the folder with the entries. */
    public static final String NAME = "verified.json";

    private VerifiedFile() {}

    /**
     * Reads it.
     *
     * @param folder with the entries; nothing is verified where it has no such file
     * @param wanted the CVEs that are of interest
     */
    public static List<Verification> read(Path folder, Predicate<String> wanted) throws ImportException {
        Path file = folder.resolve(NAME);
        try (InputStream in = Files.newInputStream(file)) {
            return read(file.toString(), in, wanted);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new ImportException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads what is in one.
     *
     * @param name to call it by in an error
     */
    public static List<Verification> read(String name, InputStream content, Predicate<String> wanted)
            throws IOException, ImportException {
        List<Verification> all = new ArrayList<>();
        Object root = JsonFiles.read(name, content);
        for (String cve : Json.map(root).keySet()) {
            if (wanted.test(cve)) {
                Map<String, Object> kernels = Json.map(root, cve);
                for (Map.Entry<String, Object> kernel : kernels.entrySet()) {
                    all.add(verification(name, cve, kernel.getKey(), kernel.getValue()));
                }
            }
        }
        return all;
    }

    /** What is written, as maps; CVEs and kernels in the order in which they come first. */
    public static Map<String, Map<String, Object>> tree(List<Verification> all) {
        Map<String, Map<String, Object>> tree = new LinkedHashMap<>();
        for (Verification v : all) {
            tree.computeIfAbsent(v.cve(), c -> new LinkedHashMap<>()).put(v.kernel(), node(v));
        }
        return tree;
    }

    private static Verification verification(String file, String cve, String kernel, Object node)
            throws ImportException {
        String outcome = Json.text(node, "outcome").orElse("");
        return new Verification(
                cve,
                kernel,
                Json.text(node, "version").orElse(""),
                Json.text(node, "package").orElse(""),
                Json.text(node, "door").orElse(""),
                Verification.Outcome.of(outcome)
                        .orElseThrow(() -> new ImportException(
                                file + ": " + cve + " on " + kernel + ": \"" + outcome + "\" is no outcome")),
                Json.texts(node, "engaged"),
                Json.text(node, "before").orElse(""),
                Json.text(node, "during").orElse(""),
                Json.text(node, "after").orElse(""),
                Json.text(node, "reason"));
    }

    private static Map<String, Object> node(Verification v) {
        Map<String, Object> node = new LinkedHashMap<>();
        node.put("version", v.version());
        node.put("package", v.packageVersion());
        node.put("outcome", v.outcome().toString());
        node.put("door", v.door());
        node.put("engaged", v.engaged());
        putText(node, "before", Optional.of(v.before()));
        putText(node, "during", Optional.of(v.during()));
        putText(node, "after", Optional.of(v.after()));
        putText(node, "reason", v.reason());
        return node;
    }

    private static void putText(Map<String, Object> node, String name, Optional<String> text) {
        text.filter(t -> !t.isEmpty()).ifPresent(t -> node.put(name, t));
    }
}
