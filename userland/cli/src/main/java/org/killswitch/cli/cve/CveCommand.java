// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.cve;

import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.cli.CommandGroup;
import org.killswitch.cli.Host;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code killswitch cve ...}. */
@Command(
        name = "cve",
        header = "Show which CVEs affect this kernel, and which engagements close them.",
        description = {
            "",
            "The catalogue has an entry per CVE: which functions to engage, why, and what stops working. It is installed"
                    + " with the command; add entries for this host in /etc/killswitch/mitigations.d.",
            "",
            "A verdict is 'fixed', 'affected', 'not present' (the flawed code is not in this kernel), 'mitigated' (an"
                    + " engagement, a livepatch, a setting or a blocked module closes it) or 'unknown'. It is never based on"
                    + " 'uname -r' alone: 'killswitch cve import' reads the data of the kernel's CNA and of the distribution.",
            ""
        })
public final class CveCommand extends CommandGroup {

    /** The command with its own commands. */
    public static CommandLine create(Host host) {
        return create(host, CvePlaces.ofThisHost());
    }

    static CommandLine create(Host host, CvePlaces places) {
        return new CommandLine(new CveCommand())
                .addSubcommand(new CommandLine(new CveListCommand(host, places)))
                .addSubcommand(new CommandLine(new CveShowCommand(host, places)))
                .addSubcommand(new CommandLine(new CveScanCommand(host, places)))
                .addSubcommand(new CommandLine(new CveApplyCommand(host, places)))
                .addSubcommand(new CommandLine(new CveRetireCommand(host, places)))
                .addSubcommand(new CommandLine(new CveImportCommand(host, places)));
    }
}
