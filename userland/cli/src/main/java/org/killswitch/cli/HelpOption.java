// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli;

import picocli.CommandLine.Option;

/** The option that every command has. */
public final class HelpOption {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;
}
