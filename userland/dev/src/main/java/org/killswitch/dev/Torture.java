// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.killswitch.lab.Commands;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestFailure;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.KernelHealth;
import org.killswitch.lab.Lab;
import org.killswitch.lab.SourceTree;

/**
 * Rough treatment of the module in a guest of its own, by one of the programs that the selftests have for it: stress,
 * fuzz, failnth and hostile. What each does and prints is said at its beginning.
 *
 * @param lab where the guests come from
 * @param kernel what they run; a debug kernel finds most
 * @param sources where the module and the programs are
 */
public record Torture(Lab lab, Kernel kernel, SourceTree sources) {

    /** A debug kernel with fault injection. */
    public static final String KERNEL = "6.12-debug";

    /** The guest's folder that has a program and its files, and where it is started. */
    private static final String FOLDER = "/trial/";

    /** The kernel's own modules that the programs make use of where a kernel has them. */
    private static final List<String> AVAILABLE = List.of("fuse", "af_alg", "algif_hash", "ipip", "sit", "veth");

    /** What there is. */
    public enum Tool {
        /** Everything at once. */
        STRESS("stress", true),
        /** Whatever can be written. */
        FUZZ("fuzz", true),
        /** Whatever can fail; it looks for warnings itself, and knows which are not about the module. */
        FAULTS("failnth", false),
        /** Whatever somebody tries who works against it; it looks for warnings itself, too. */
        HOSTILE("hostile/hostile", false);

        private final String file;
        private final boolean mustNotWarn;

        Tool(String file, boolean mustNotWarn) {
            this.file = file;
            this.mustNotWarn = mustNotWarn;
        }
    }

    /**
     * Runs one.
     *
     * @param program which
     * @param arguments its words
     * @param files more files of the host, by name in the guest's folder where it is started
     * @param timeout how long it may take
     * @return its exit status
     * @throws GuestFailure if the guest's kernel got into trouble, or found fault with anything
     */
    public int run(
            Tool program,
            List<String> arguments,
            List<Path> files,
            Duration timeout,
            OutputStream output,
            OutputStream errors) {
        Commands.require("building what runs in the guest", sources.root(), "make", "--silent", "selftests");
        GuestSpec spec = GuestSpec.standard()
                .withTimeout(timeout)
                .withAvailable(lab.present(kernel, AVAILABLE))
                // what the kernel finds fault with must still be in the log when the last of thousands of commands is
                .withAppend(List.of("log_buf_len=32M"))
                .withFile("/modules", lab.buildModules(kernel, sources.module()))
                .withFile(FOLDER + program.file, sources.program(program.file));
        for (Path file : files) {
            spec = spec.withFile(FOLDER + file.getFileName(), file);
        }
        try (Guest guest = lab.boot(kernel, spec)) {
            guest.require("insmod /modules/test_killswitch.ko && insmod /modules/killswitch.ko");
            // or every refusal would go through the serial line
            String command = "dmesg -n 4; cd " + FOLDER + "; exec ./" + program.file + " ";
            int status = guest.run(command + String.join(" ", arguments), output, errors);
            if (program.mustNotWarn) {
                KernelHealth.require(guest);
            } else {
                KernelHealth.requireButWarnings(guest);
            }
            return status;
        }
    }
}
