// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import java.util.List;
import java.util.stream.Collectors;
import org.killswitch.cli.Host;
import org.killswitch.cli.Version;
import org.killswitch.lab.CommandInGuest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Lab;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Progress;
import org.killswitch.lab.SourceTree;
import org.killswitch.lab.rehearsal.Rehearsal;

/** The lab, as commands use it. */
public final class LabOfHost {

    private LabOfHost() {}

    /** The lab, which reports its progress on standard error: in a line that changes, where that is a terminal. */
    public static Lab open(Host host) {
        return Lab.open(progress(host), System.err);
    }

    /** The same, which asks before what takes long. */
    static Lab open(Host host, YesOption yes) {
        return Lab.open(yes.asking(progress(host)), System.err);
    }

    /** The sources that the user has not named. */
    public static SourceTree sources() {
        return SourceTree.required(Version.number());
    }

    /** What takes long is said on standard error. */
    static Progress progress(Host host) {
        return host.errorTerminal() ? Progress.on(System.err) : Progress.ofLongSteps(System.err);
    }

    /** One word is a script already; several are quoted, so that the shell splits them where they were split. */
    static String script(List<String> words) {
        return words.size() == 1
                ? words.getFirst()
                : words.stream().map(Rehearsal::quoted).collect(Collectors.joining(" "));
    }

    /** Puts this command, and the libraries that it loads, into a guest. */
    static GuestSpec withCommand(Lab lab, Kernel kernel, GuestSpec spec) {
        return lab.withCommandsLibraries(
                CommandInGuest.add(
                        lab,
                        spec,
                        kernel,
                        SourceTree.image()
                                .orElseThrow(() -> new LabException("a guest needs this command's own runtime; start"
                                        + " it by bin/killswitch of the built image"))),
                kernel);
    }
}
