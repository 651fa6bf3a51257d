// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.rehearsal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The steps that are run before and after something is engaged. */
public record Workload(List<Step> steps) {

    /** What a line begins with that names a step. */
    private static final String NAME = "## ";

    private static final Duration LIMIT = Duration.ofMinutes(1);

    /** The longest that a workload's step may take. */
    public static final Duration LIMIT_OF_COMMAND = Duration.ofMinutes(30);

    public Workload {
        steps = List.copyOf(steps);
    }

    /**
     * What every system needs.
     *
     * @param services whether systemd starts the system's services, so that one can be started
     */
    public static Workload standard(boolean services) {
        List<Step> steps = new ArrayList<>(read("workload"));
        if (services) {
            steps.addAll(read("services"));
        }
        return new Workload(steps);
    }

    private static List<Step> read(String resource) {
        try (InputStream in = Workload.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its resource \"" + resource + "\"");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8)).steps();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A command of the user's, of whose output nothing is known. */
    public static Workload of(String name, String script) {
        return new Workload(List.of(new Step(name, script, false, LIMIT_OF_COMMAND)));
    }

    static Workload parse(String text) {
        List<Step> steps = new ArrayList<>();
        String[] parts = text.split("(?m)^" + NAME, -1);
        for (String part : List.of(parts).subList(1, parts.length)) {
            int end = part.indexOf('\n');
            steps.add(new Step(part.substring(0, end), part.substring(end + 1), true, LIMIT));
        }
        return new Workload(steps);
    }
}
