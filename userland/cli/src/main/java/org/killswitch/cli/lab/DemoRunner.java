// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.killswitch.lab.Output;

/** Does the steps of a story, chapter by chapter, and shows them; stops at the first that does not go as the story says. */
final class DemoRunner {

    private final PrintWriter out;
    private final boolean colour;
    private final int total;
    private int number;

    /**
     * For a story.
     *
     * @param total how many steps all of its chapters have
     */
    DemoRunner(PrintWriter out, boolean colour, int total) {
        this.out = out;
        this.colour = colour;
        this.total = total;
    }

    /**
     * Tells a chapter.
     *
     * @param shell runs a command and gives what it left
     * @return why the story does not hold; empty if it does
     */
    Optional<String> tell(List<DemoSteps.Step> steps, Function<String, Output> shell) {
        for (DemoSteps.Step step : steps) {
            number++;
            out.println();
            out.println(bold(number + "/" + total + "  " + step.headline()));
            out.println("$ " + bold(step.command()));
            out.flush();
            Output output = shell.apply(step.command());
            out.print(output.output());
            if (!output.output().isEmpty() && !output.output().endsWith("\n")) {
                out.println();
            }
            out.flush();
            Optional<String> objection = step.objection().apply(output);
            if (objection.isPresent()) {
                return Optional.of(
                        "step " + number + " (" + step.command() + ") did not go as expected: " + objection.get());
            }
        }
        return Optional.empty();
    }

    private String bold(String text) {
        return colour ? "\033[1m" + text + "\033[0m" : text;
    }
}
