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
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.Lab;
import org.killswitch.lab.LabException;
import org.killswitch.lab.SourceTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code killswitch demo}. */
@Command(
        name = "demo",
        header = "See a kernel vulnerability closed and opened again, in a virtual machine.",
        description = {
            "",
            "Boots stock kernels in QEMU, one with the flaw and one with the fix, needs neither root nor KVM, and changes"
                    + " nothing on this machine. The first run downloads the kernels and builds the module for them. Fails"
                    + " if a step does not go as expected.",
            ""
        })
public final class DemoCommand implements Callable<Integer> {

    /** What the kernels load for the flawed code. */
    private static final List<String> MODULES = List.of("algif_aead", "gcm", "ghash_generic", "ctr", "aes_generic");

    private final Host host;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

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
        Path door = tree.program("doors/" + DemoSteps.DOOR);
        if (!Files.isExecutable(door)) {
            throw new LabException(door + " is not built; run: make -C " + tree.program("."));
        }

        Lab lab = LabOfHost.open(host, yes);
        Kernel affected = lab.kernel(KernelRelease.WITHOUT_UPDATES);
        Kernel fixed = lab.kernel(KernelRelease.named("5.10"));
        List<DemoSteps.Step> before = DemoSteps.affected();
        List<DemoSteps.Step> after = DemoSteps.fixed();
        DemoRunner story = new DemoRunner(host.out(), host.colour(), before.size() + after.size());

        String policy;
        try (Guest guest = boot(lab, affected, tree, door)) {
            require(story.tell(before, guest::run));
            policy = guest.require("cat " + DemoSteps.POLICY);
        }
        try (Guest guest = boot(lab, fixed, tree, door)) {
            guest.require("mkdir -p $(dirname " + DemoSteps.POLICY + ") && cat > " + DemoSteps.POLICY + " <<'END'\n"
                    + policy + "END\n");
            require(story.tell(after, guest::run));
        }
        conclude();
        return ExitCode.OK;
    }

    private Guest boot(Lab lab, Kernel kernel, SourceTree tree, Path door) {
        GuestSpec spec = LabOfHost.withCommand(lab, kernel, GuestSpec.standard())
                .withAvailable(lab.present(kernel, MODULES))
                .withFile("bin/" + DemoSteps.DOOR, door)
                .withFile(
                        "root/" + DemoSteps.MODULE,
                        lab.buildModules(kernel, tree.module()).resolve(DemoSteps.MODULE));
        host.out().println();
        host.out().println("Booting Debian's kernel " + kernel.version() + " in a virtual machine ...");
        host.out().flush();
        Guest guest = lab.boot(kernel, spec);
        CommandInGuest.link(guest);
        return guest;
    }

    private static void require(Optional<String> failure) {
        if (failure.isPresent()) {
            throw new LabException("the demo failed: " + failure.get());
        }
    }

    private void conclude() {
        host.out().println("""

                        One command closed the way to a flaw in a running stock kernel; one opened it when the fix was booted.
                        On a real host: make, sudo make install, sudo modprobe killswitch, sudo killswitch cve scan.""");
    }
}
