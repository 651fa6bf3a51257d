package org.killswitch.cli;

import java.nio.file.Path;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Lab;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Output;
import org.killswitch.lab.Progress;

/** What the commands that boot guests have in common. */
final class GuestSetup {

    private static final String IMAGE_IN_GUEST = "/opt/killswitch";

    private GuestSetup() {}

    /** The lab, telling of its progress where a person watches. */
    static Lab lab(Host host) {
        return Lab.open(host.terminal() ? Progress.on(System.err) : Progress.none(), System.err);
    }

    /** Puts this command with its own runtime, and libbpf, into a guest; {@link #linkImage} makes it findable there. */
    static GuestSpec withImage(Lab lab, Kernel kernel, GuestSpec spec) {
        Path image = SourceTree.image()
                .orElseThrow(() -> new LabException(
                        "a guest needs this command's own runtime; start it by bin/killswitch of the built image"));
        return lab.withLibbpf(lab.withJavaProgram(spec, kernel, IMAGE_IN_GUEST, image), kernel);
    }

    static void linkImage(Guest guest) {
        prepare(
                guest,
                "mkdir -p /usr/sbin; ln -s " + IMAGE_IN_GUEST + "/bin/killswitch /bin/; ln -s " + IMAGE_IN_GUEST
                        + "/bin/ks-bpf-load /usr/sbin/");
    }

    /** Runs a script that has to succeed. */
    static void prepare(Guest guest, String script) {
        Output output = guest.run(script);
        if (output.status() != 0) {
            throw new LabException("the guest cannot be prepared: " + script + ": "
                    + output.output().strip());
        }
    }
}
