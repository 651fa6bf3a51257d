// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.killswitch.cli.Host;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.GuestTools;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.Lab;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Progress;
import org.killswitch.lab.Scratch;
import org.killswitch.lab.SourceTree;
import org.killswitch.lab.rehearsal.Machine;
import org.killswitch.lab.rehearsal.Rehearsal;
import org.killswitch.lab.rehearsal.Report;
import org.killswitch.lab.rehearsal.Workload;
import org.killswitch.posix.Architecture;

/**
 * A guest that runs this host's programs on this host's kernel, or on one of the lab.
 *
 * @param series the lab's name of a kernel
 * @param sources what the module is built from where it is not installed
 */
record GuestOfHost(Host host, Optional<String> series, Supplier<SourceTree> sources) {

    private static final String MODULE = "/run/killswitch-lab/killswitch.ko";
    private static final String RELEASE = "/proc/sys/kernel/osrelease";

    /** MiB; the command's Java runtime wants them, and what the guest writes is in its memory. */
    private static final int MEMORY = 2048;

    private static final int CPUS = 2;

    /** The policies of these modules are loaded by the first process or by services; in the guest, neither does. */
    private static final List<String> WITHOUT_POLICIES = List.of("selinux=0", "apparmor=0");

    /** More than the longest step. */
    private static final Duration TIME_LIMIT = Workload.LIMIT_OF_COMMAND.plusMinutes(1);

    /** Starts it, with none of the host's services; by systemd, commands can start them. */
    Running boot(GuestSpec.Init init) {
        Path image = SourceTree.image()
                .orElseThrow(() -> new LabException("a guest needs this command's own runtime; start it by"
                        + " bin/killswitch of the built image"));
        GuestTools.require(Architecture.host());
        Progress progress = LabOfHost.progress(host);
        Scratch scratch = null;
        boolean booted = false;
        try {
            Lab lab;
            Kernel kernel;
            if (series.isPresent()) {
                lab = LabOfHost.open(host);
                kernel = lab.kernel(KernelRelease.named(series.get()));
            } else {
                scratch = Scratch.temporary("killswitch-rehearsal");
                lab = Lab.in(scratch.folder(), progress, System.err);
                kernel = running();
            }
            Guest guest = lab.bootAccelerated(
                    kernel,
                    GuestSpec.standard()
                            .withMachine(CPUS, MEMORY)
                            .withHostsFiles(init)
                            .withAppend(WITHOUT_POLICIES)
                            .withTimeout(TIME_LIMIT)
                            .withFile(MODULE, module(lab, kernel)));
            booted = true;
            return new Running(guest, kernel, image.resolve("bin/killswitch"), progress, Optional.ofNullable(scratch));
        } catch (IOException e) {
            throw new LabException("a guest cannot be started: " + LabException.why(e), e);
        } finally {
            if (!booted && scratch != null) {
                scratch.close();
            }
        }
    }

    private Kernel running() throws IOException {
        String release = host.files()
                .text(RELEASE)
                .map(String::strip)
                .orElseThrow(() -> new LabException("/proc cannot be read: mount it"));
        Kernel kernel = Kernel.installed(Path.of("/"), release);
        for (Path needed : List.of(kernel.image(), kernel.modules().resolve("modules.dep"))) {
            if (!Files.exists(needed)) {
                throw new LabException("the kernel that runs here, " + release + ", is not installed: there is no "
                        + needed + "; --kernel rehearses on one of the lab");
            }
            if (!Files.isReadable(needed)) {
                throw new LabException(needed + " cannot be read: run this as root");
            }
        }
        return kernel;
    }

    /** The module that is installed for the kernel, or else one that is built for it. */
    private Path module(Lab lab, Kernel kernel) {
        Optional<Path> installed = kernel.isInstalled() ? lab.moduleFile(kernel, "killswitch") : Optional.empty();
        return installed.orElseGet(
                () -> lab.buildModules(kernel, sources.get().module()).resolve("killswitch.ko"));
    }

    /** A guest that is up. */
    record Running(Guest guest, Kernel itsKernel, Path command, Progress progress, Optional<Scratch> scratch)
            implements AutoCloseable {

        String kernel() {
            return itsKernel.version();
        }

        String accelerator() {
            return guest.accelerator().toString();
        }

        Report rehearse(SubjectReader.Known known, List<String> words, Optional<Duration> time) {
            guest.require("insmod " + MODULE);
            // A function can only be called once its module is there; the kernel may have it built in.
            known.modules().forEach(module -> guest.run("modprobe -q " + module));
            Rehearsal rehearsal = new Rehearsal(
                    known.subject().script(Rehearsal.quoted(command.toString()), time),
                    workload(words),
                    known.door().map(Running::door),
                    time,
                    progress::step);
            try {
                return rehearsal.run(Machine.of(guest));
            } finally {
                progress.done();
            }
        }

        private Workload workload(List<String> words) {
            return words.isEmpty()
                    ? Workload.standard(guest.run("test -d /run/systemd/system").status() == 0)
                    : Workload.of(
                            String.join(" ", words),
                            "cd "
                                    + Rehearsal.quoted(
                                            RehearseCommand.currentFolder().toString()) + " && "
                                    + LabOfHost.script(words));
        }

        /** That of the sources, if the command was started in them or built from them, or else the installed one. */
        private static Rehearsal.DoorProgram door(String name) {
            Optional<Path> program = SourceTree.above(RehearseCommand.currentFolder())
                    .or(() -> SourceTree.image().flatMap(SourceTree::above))
                    .map(tree -> new SourceTree(tree).program("doors/door"))
                    .filter(Files::isExecutable)
                    .or(() -> SourceTree.image().map(home -> home.resolve("bin/ks-door")))
                    .filter(Files::isExecutable);
            return new Rehearsal.DoorProgram(name, program.map(p -> Rehearsal.quoted(p.toString()) + " " + name));
        }

        /** Runs what is typed, line by line: each line in a shell that begins in the folder where the last one ended. */
        void takeCommands() {
            guest.run("command -v killswitch > /dev/null || ln -s " + Rehearsal.quoted(command.toString())
                    + " /usr/bin/killswitch");
            String folder = "/";
            try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                prompt(folder);
                for (String line = in.readLine(); line != null && !line.strip().equals("exit"); line = in.readLine()) {
                    guest.run(
                            "cd " + Rehearsal.quoted(folder) + "; trap 'pwd > /run/killswitch-lab/folder' EXIT\n"
                                    + line,
                            System.out,
                            System.err);
                    folder =
                            guest.run("cat /run/killswitch-lab/folder").output().strip();
                    prompt(folder);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void prompt(String folder) {
            System.out.print("guest:" + folder + "# ");
            System.out.flush();
        }

        /** What the rehearsal has found out is in its report: nobody has to hear it again. */
        @Override
        public void close() {
            try {
                guest.cutPower();
            } finally {
                scratch.ifPresent(Scratch::close);
            }
        }
    }
}
