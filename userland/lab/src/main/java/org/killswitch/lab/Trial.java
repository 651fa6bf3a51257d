package org.killswitch.lab;

import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Rough treatment of the module in a guest of its own, by one of the programs that the selftests have for it: stress,
 * fuzz and failnth. What each does and prints is said at its beginning.
 *
 * @param lab where the guests come from
 * @param kernel what they run; one that tells of mistakes finds most
 * @param sources the folder that holds kernel/ and selftests/
 */
public record Trial(Lab lab, Kernel kernel, Path sources) {

    /** A kernel that tells of mistakes, and has failures on request. */
    public static final String KERNEL = "6.12-debug";

    /**
     * Runs one.
     *
     * @param program its name
     * @param arguments its words
     * @param files more files of the host, by name in the guest's /root, where it is started
     * @param timeout how long it may take
     * @return its exit status
     * @throws GuestFailure if the guest's kernel got into trouble, or found fault with anything
     */
    public int run(
            String program,
            List<String> arguments,
            List<Path> files,
            Duration timeout,
            OutputStream output,
            OutputStream errors) {
        Commands.require("building what runs in the guest", sources, "make", "--silent", "selftests");
        GuestSpec spec = GuestSpec.standard()
                .withTimeout(timeout)
                .withFile("/modules", lab.buildModules(kernel, sources.resolve("kernel")))
                .withFile("/bin/" + program, sources.resolve("selftests").resolve(program));
        for (Path file : files) {
            spec = spec.withFile("/root/" + file.getFileName(), file);
        }
        try (Guest guest = lab.boot(kernel, spec)) {
            Output loaded = guest.run("insmod /modules/test_killswitch.ko && insmod /modules/killswitch.ko");
            if (loaded.status() != 0) {
                throw new LabException(
                        "the modules do not load: " + loaded.output().strip());
            }
            // or every refusal would go through the serial line
            int status = guest.run("dmesg -n 4; exec " + program + " " + String.join(" ", arguments), output, errors);
            KernelHealth.require(guest);
            return status;
        }
    }
}
