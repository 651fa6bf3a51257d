// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.killswitch.control.SymbolName;

/**
 * Writes what is engaged into the policy: into a file of its own. What another file says stays there, and is not said twice.
 */
public final class Persistence {

    /** Its name sorts after those that people choose. */
    public static final String FILE = "zz-persist.yaml";

    private static final String HEADER = """
            # SPDX-License-Identifier: CC0-1.0
            # Written by 'killswitch persist', which writes it again: put entries of your own into another file.
            """;

    /**
     * What is to be written.
     *
     * @param text of the file
     * @param written the functions that are in it
     * @param problems a line for each thing that is engaged and will not be back after a boot
     * @param notes a line for each thing that is not written, for a good reason
     */
    public record Content(String text, List<SymbolName> written, List<String> problems, List<String> notes) {}

    private Persistence() {}

    /** The policy without the file that {@code persist} writes. */
    public static Policy ofOthers(Path folder, ZoneId zone) {
        Policy all = Policy.read(folder, zone);
        return new Policy(
                all.entries().stream()
                        .filter(e -> !e.file().equals(folder.resolve(FILE)))
                        .toList(),
                all.problems());
    }

    /**
     * Decides what to write.
     *
     * @param desired what the other files want
     * @param others what is engaged by parameters of the module, at each boot
     */
    public static Content of(List<Actual> actual, List<Desired> desired, List<SymbolName> others) {
        StringBuilder text = new StringBuilder(HEADER);
        List<SymbolName> written = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        Plan plan = Plan.of(desired, actual, List.of());
        Set<Actual> loose = new HashSet<>();
        for (Change change : plan.changes()) {
            switch (change) {
                case Change.End(Actual a) -> loose.add(a);
                case Change.Begin(Desired d) ->
                    notes.add(d.where() + ": " + d.symbol() + " is in the policy and not engaged; see killswitch diff");
                case Change.SetValue(Actual a, Desired d) -> problems.add(other(a, d));
                case Change.Enforce(Actual a, Desired d) -> problems.add(other(a, d));
                case Change.Replace(Actual a, Desired d) -> problems.add(other(a, d));
                case Change.Keep k -> {}
            }
        }
        for (Actual a : actual) {
            if (a.isPassing()) {
                problems.add(a.symbol() + " ends by itself: it is not written");
            } else if (loose.contains(a) && others.stream().anyMatch(a.symbol()::mayBe)) {
                notes.add(a.symbol() + " is engaged by modprobe.d or the kernel's command line at each boot already");
            } else if (loose.contains(a) && a.isGuarded() && a.guard().isEmpty()) {
                problems.add(a.symbol() + " cannot be written: it has a guard whose text is not known; engage it by"
                        + " killswitch engage --when");
            } else if (loose.contains(a)) {
                text.append(PolicyText.of(a));
                written.add(a.symbol());
            }
        }
        return new Content(text.toString(), written, problems, notes);
    }

    private static String other(Actual a, Desired d) {
        return a + ", and " + d.where() + " says otherwise: change that line, or run killswitch apply";
    }
}
