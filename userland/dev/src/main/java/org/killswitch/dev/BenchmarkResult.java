// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What {@link Benchmark} has measured, in guests that count instructions: what calls cost is the same in every run with
 * the same kernels, compilers and sources; what engaging costs, and how long, depends a little on when ticks come.
 *
 * @param kernel the version of the stock kernel
 * @param rows what a call costs
 * @param scale what a call costs with so many engagements
 * @param bulk what it costs to engage and disengage
 * @param memory what an engagement takes
 * @param cpus what a call costs when all CPUs make them at once
 */
public record BenchmarkResult(
        String kernel, List<Row> rows, List<Scale> scale, List<Bulk> bulk, List<Memory> memory, List<Cpus> cpus) {

    public BenchmarkResult {
        rows = List.copyOf(rows);
        scale = List.copyOf(scale);
        bulk = List.copyOf(bulk);
        memory = List.copyOf(memory);
        cpus = List.copyOf(cpus);
    }

    /**
     * What a call of a function costs.
     *
     * @param kernel the kernel's version
     * @param name what is done to the function
     * @param instructions for a call, with those of the loop that makes them
     * @param reason why they could not be measured, if so
     */
    public record Row(String kernel, String name, OptionalDouble instructions, Optional<String> reason) {
        static Row measured(String kernel, String name, double instructions) {
            return new Row(kernel, name, OptionalDouble.of(instructions), Optional.empty());
        }

        static Row missing(String kernel, String name, String reason) {
            return new Row(kernel, name, OptionalDouble.empty(), Optional.of(reason));
        }
    }

    /**
     * What an overridden call costs, whatever else is engaged.
     *
     * @param backend how functions are overridden
     * @param engaged how many functions are
     * @param instructions for a call of one of them, with those of the loop
     */
    public record Scale(String backend, int engaged, double instructions) {}

    /**
     * What it costs to engage or disengage functions.
     *
     * @param action the command, written for one function after the other, or disengage_all, written once
     * @param functions how many
     * @param milliseconds of the guest's time, waits for grace periods included
     * @param instructions that the writing task spent itself
     */
    public record Bulk(String action, int functions, double milliseconds, long instructions) {}

    /**
     * What an engagement takes.
     *
     * @param backend how functions are overridden
     * @param bytes for each, in a guest with one CPU
     */
    public record Memory(String backend, long bytes) {}

    /**
     * What an overridden call costs when all CPUs make them. The emulated CPUs take turns and share one count: each
     * instruction of any of them lets the time of all advance. So this is the time from the common start to the end, over
     * the calls of all CPUs: that of one CPU, if a call does the same work however many CPUs there are. What CPUs do to
     * each other that really run at the same time, by a cache line or a lock that they share, does not show.
     *
     * @param cpus how many
     * @param instructions for a call, with those of the loop
     * @param calls that all CPUs made
     * @param hits that killswitch counted
     */
    public record Cpus(int cpus, double instructions, long calls, long hits) {}
}
