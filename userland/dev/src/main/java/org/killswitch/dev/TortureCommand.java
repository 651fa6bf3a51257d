// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.lab.KernelOption;
import org.killswitch.cli.lab.LabOfHost;
import org.killswitch.lab.Lab;
import org.killswitch.lab.SourceTree;
import picocli.CommandLine.Mixin;

/** What the commands that treat the module roughly in a guest have in common. */
abstract class TortureCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Mixin
    private final KernelOption kernelOption;

    /** On the kernel that finds every fault, which is built when it is first used. */
    TortureCommand(Host host) {
        this(host, Torture.KERNEL);
    }

    /** On a kernel that has what the program makes use of, unless another one is given. */
    TortureCommand(Host host, String standard) {
        this.host = host;
        kernelOption = new KernelOption(standard);
    }

    /** The exit status of the program, whose output is passed on. */
    final int run(Torture.Tool program, List<String> arguments, List<Path> files, Duration timeout) {
        SourceTree tree = LabOfHost.sources();
        Lab lab = LabOfHost.open(host);
        return new Torture(lab, lab.kernel(kernelOption.release()), tree)
                .run(program, arguments, files, timeout, System.out, System.err);
    }
}
