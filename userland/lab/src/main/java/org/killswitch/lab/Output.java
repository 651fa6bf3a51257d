// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

/** What a command in a guest left: its exit status, and all it printed, output and errors in the order they came. */
public record Output(int status, String output) {}
