// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import org.killswitch.lab.CommandInGuest;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.KernelHealth;
import org.killswitch.lab.Output;

/** A guest with the modules and the helpers of the selftests, and words for what tests do in it. */
final class TestGuest implements AutoCloseable {
    static final String ROOT = "/sys/kernel/security/killswitch";
    /** Loads killswitch; parameters may follow. */
    static final String INSMOD = "insmod /modules/killswitch.ko backend=" + Kernels.BACKEND + " ";

    /** Puts programs of the selftests where a shell finds them. */
    static final String LINK_PROGRAMS = "for f in kwrite kread nobody hammer; do ln -s /selftests/$f /bin/; done";

    static final String FIRE = "/sys/kernel/debug/test_killswitch/fire";

    /** What the demonstrators and tests make the kernel load. */
    private static final List<String> MODULES = List.of(
            "af_alg",
            "algif_aead",
            "algif_hash",
            "gcm",
            "ccm",
            "authenc",
            "authencesn",
            "aes_generic",
            "ctr",
            "cbc",
            "ecb",
            "hmac",
            "cmac",
            "ghash_generic",
            "sha256_generic",
            "sha1_generic",
            "seqiv",
            "echainiv",
            "esp4",
            "xfrm_user",
            "xfrm4_tunnel",
            "veth",
            "drbg",
            "jitterentropy_rng",
            "sha512_generic",
            "crc32c_generic",
            "xfs",
            "fuse",
            "ipip",
            "sit");

    private static final List<String> PROGRAMS =
            List.of("map_memory", "alg_bind", "system_call", "inet_bind", "add_qdisc");

    /** They are linked with libbpf, which tests of a port do without. */
    private static final List<String> BPF_PROGRAMS = List.of("bpf_attach", "bpf_guard");

    private static final String PREFIX = "killswitch: ";

    private final Guest guest;

    private boolean looksForWarnings = true;

    private TestGuest(Guest guest) {
        this.guest = guest;
    }

    /** Boots a guest and loads killswitch and its test module. */
    static TestGuest boot(String series, String... append) {
        return bootWithoutModule(series, append).load();
    }

    /** The same, with modules of the folder in the place of those that belong to the kernel. */
    static TestGuest boot(String series, Path modules) {
        Kernel kernel = Project.kernel(series);
        return boot(kernel, spec(kernel, modules)).load();
    }

    /** The same, with the {@link ResidentCommand} and what that needs for BPF, and compiled BPF programs in /bpf. */
    static TestGuest bootWithCommand(String series) {
        Kernel kernel = Project.kernel(series);
        GuestSpec spec = Project.LAB
                .withCommandsLibraries(Project.withCommand(spec(kernel), kernel), kernel)
                .withFile("/bpf", Project.bpfPrograms(kernel));
        TestGuest guest = boot(kernel, ResidentCommand.add(spec)).load();
        CommandInGuest.link(guest.guest);
        ResidentCommand.start(guest.guest);
        return guest;
    }

    TestGuest load() {
        Output output = sh(INSMOD);
        if (output.status() != 0) {
            throw new AssertionError("killswitch does not load: " + output);
        }
        return this;
    }

    /** Boots a guest and loads the test module only. */
    static TestGuest bootWithoutModule(String series, String... append) {
        return bootWithoutModule(series, spec -> spec.withAppend(List.of(append)));
    }

    /** The same, on another machine. */
    static TestGuest bootWithoutModule(String series, UnaryOperator<GuestSpec> machine) {
        Kernel kernel = Project.kernel(series);
        return boot(kernel, machine.apply(spec(kernel)));
    }

    /** What they have in them. */
    static GuestSpec spec(Kernel kernel) {
        return spec(kernel, Project.LAB.buildModules(kernel, Project.ROOT.resolve("kernel")));
    }

    private static GuestSpec spec(Kernel kernel, Path modules) {
        Path helpers = Project.LAB.buildModules(kernel, Project.ROOT.resolve("userland/systemtest/src/test/modules"));
        GuestSpec spec = GuestSpec.standard()
                .withAvailable(Project.LAB.present(kernel, MODULES))
                .withTimeout(Duration.ofMinutes(15))
                .withFile("/modules", modules)
                .withFile("/helpers", helpers)
                .withFile("/selftests", Project.selftests(kernel));
        for (String program : PROGRAMS) {
            spec = spec.withFile("/bin/" + program, Project.program(kernel, program));
        }
        if (!kernel.release().isPort()) {
            for (String program : BPF_PROGRAMS) {
                spec = spec.withFile("/bin/" + program, Project.program(kernel, program));
            }
        }
        return spec;
    }

    private static TestGuest boot(Kernel kernel, GuestSpec spec) {
        TestGuest guest = new TestGuest(Project.LAB.boot(kernel, spec));
        Output output = guest.sh("for f in /helpers/*.ko; do ln -s $f /modules/; done; " + LINK_PROGRAMS
                + "; insmod /modules/test_killswitch.ko");
        if (output.status() != 0) {
            throw new AssertionError("the guest cannot be prepared: " + output);
        }
        return guest;
    }

    Output sh(String script) {
        return guest.run(script);
    }

    /** Writes one command: "ok" and the number of bytes, or the errno's name. */
    String control(String command) {
        return write("control", command);
    }

    String write(String file, String text) {
        return write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    String write(String file, byte[] bytes) {
        return kwrite(ROOT + "/" + file, bytes);
    }

    private String kwrite(String path, byte[] bytes) {
        String base64 = Base64.getEncoder().encodeToString(bytes);
        return sh("echo " + base64 + " | base64 -d | kwrite " + path).output().strip();
    }

    /** What a file of the module has, or the errno's name. */
    String read(String file) {
        return sh("kread " + ROOT + "/" + file).output();
    }

    /** Calls ks_test_vuln(). */
    String fire(long magic) {
        return kwrite(FIRE, Long.toString(magic).getBytes(StandardCharsets.US_ASCII));
    }

    /** What the module has logged since the last call, without time and prefix. */
    List<String> log() {
        return sh("dmesg -c")
                .output()
                .lines()
                .filter(l -> l.contains(PREFIX))
                .map(l -> l.substring(l.indexOf(PREFIX) + PREFIX.length()))
                .filter(l -> !l.startsWith("loading out-of-tree module") && !l.startsWith("module verification failed"))
                .toList();
    }

    List<String> dmesg() {
        return sh("dmesg").output().lines().toList();
    }

    /** What ran in it has looked for warnings of the kernel itself, and knows which are not about the module. */
    void warningsAreSeenTo() {
        looksForWarnings = false;
    }

    /** Powers it off, if its kernel has nothing to complain of. */
    @Override
    public void close() {
        try (guest) {
            if (looksForWarnings) {
                KernelHealth.require(guest);
            } else {
                KernelHealth.requireButWarnings(guest);
            }
        }
    }
}
