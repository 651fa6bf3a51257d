// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.lab.CommandInGuest;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Lab;
import org.killswitch.lab.LabException;
import org.killswitch.lab.SourceTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code killswitch demo [--kernel KERNEL]}. */
@Command(
        name = "demo",
        header = "See a kernel vulnerability closed and opened again, in a virtual machine.",
        description = {
            "",
            "Boots a stock kernel in QEMU, needs neither root nor KVM, and changes nothing on this machine. The first run"
                    + " downloads the kernel and builds the module for it. Fails if a step does not go as expected.",
            ""
        })
public final class DemoCommand implements Callable<Integer> {

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Mixin
    private final KernelOption kernelOption = new KernelOption();

    @Mixin
    private final SourcesOption sources = new SourcesOption();

    @Mixin
    private final YesOption yes = new YesOption();

    public DemoCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        SourceTree tree = sources.tree();
        Path program = tree.program(DemoSteps.PROGRAM);
        if (!Files.isExecutable(program)) {
            throw new LabException(program + " is not built; run: make -C " + program.getParent());
        }

        Lab lab = LabOfHost.open(host, yes);
        Kernel kernel = lab.kernel(kernelOption.release());
        Path modules = lab.buildModules(kernel, tree.module());
        GuestSpec spec = LabOfHost.withCommand(lab, kernel, GuestSpec.standard())
                .withAvailable(lab.present(kernel, List.of("algif_aead", "gcm", "ghash_generic", "ctr", "aes_generic")))
                .withFile("bin/" + DemoSteps.PROGRAM, program)
                .withFile("root/" + DemoSteps.MODULE, modules.resolve(DemoSteps.MODULE));

        host.out().println("Booting Debian's kernel " + kernel.version() + " in a virtual machine ...");
        host.out().flush();
        Optional<String> failure;
        try (Guest guest = lab.boot(kernel, spec)) {
            CommandInGuest.link(guest);
            // newer kernels close most of AF_ALG by default; the story is of one where it is in use
            guest.require("modprobe af_alg; f=/proc/sys/crypto/af_alg_restrict; [ ! -e $f ] || echo 0 > $f");
            failure = new DemoRunner(host.out(), host.colour()).tell(DemoSteps.steps(), guest::run);
        }
        if (failure.isPresent()) {
            throw new LabException("the demo failed: " + failure.get());
        }
        conclude();
        return ExitCode.OK;
    }

    private void conclude() {
        host.out().println("""

                        One command closed the path to a vulnerability in a running stock kernel, another opened it again.
                        On a real host: make, sudo make install, sudo modprobe killswitch, sudo killswitch engage FUNCTION RETVAL.
                        First find a function that every attack must call and that you can do without: killswitch cve, killswitch check.""");
    }
}
