// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.rehearsal;

import java.time.Duration;

/**
 * Something that has to work.
 *
 * @param name for a person
 * @param script of the shell
 * @param comparesOutput whether it prints the same each time, so that other output is a change, not only another exit
 *     status
 * @param limit what it may take: a function that waits for what never comes is found out by it
 */
public record Step(String name, String script, boolean comparesOutput, Duration limit) {}
