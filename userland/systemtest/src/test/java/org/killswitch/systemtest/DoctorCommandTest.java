// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Output;

/** {@code killswitch doctor} on real kernels: what it says is what the kernel says. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class DoctorCommandTest {
    private static final String COMMAND = "/opt/killswitch/bin/killswitch doctor --json";

    private final Kernel kernel;

    DoctorCommandTest(String name) {
        kernel = Project.kernel(name);
    }

    @Test
    void healthyThenLockedDown() {
        GuestSpec spec = Project.withCommand(kernel)
                .withAppend(List.of("lsm=lockdown"))
                .withFile("/boot/config-" + kernel.version(), config());
        try (Guest guest = Project.LAB.boot(kernel, spec)) {
            // not loaded, and nothing to build it with
            Output bare = guest.run(COMMAND);
            assertThat(bare.status()).as(bare.output()).isEqualTo(1);
            assertThat(verdict(bare, "kernel")).isEqualTo("ok");
            assertThat(verdict(bare, "config")).isEqualTo("ok");
            assertThat(verdict(bare, "module")).isEqualTo("warning");
            assertThat(verdict(bare, "headers")).isEqualTo("problem");
            assertThat(bare.output()).contains("install the headers of kernel " + kernel.version());

            guest.run("insmod /modules/killswitch.ko; echo 'engage cmdline_proc_show -5' > " + TestGuest.ROOT
                    + "/control; echo integrity > /sys/kernel/security/lockdown");
            Output locked = guest.run(COMMAND);
            assertThat(locked.status()).as(locked.output()).isZero();
            assertThat(verdict(locked, "module")).isEqualTo("ok");
            assertThat(verdict(locked, "ftrace")).isEqualTo("ok");
            assertThat(verdict(locked, "securityfs")).isEqualTo("ok");
            assertThat(verdict(locked, "btf")).isEqualTo("ok");
            assertThat(verdict(locked, "lockdown")).isEqualTo("warning");
            assertThat(verdict(locked, "taint")).isEqualTo("note");
            // what killswitch redirects is not called somebody else's
            String seen = guest.run("cat /sys/kernel/tracing/enabled_functions").output();
            assertThat(verdict(locked, "owners")).isEqualTo(seen.contains("cmdline_proc_show") ? "ok" : "unknown");
            assertThat(verdict(locked, "engagebpf"))
                    .isEqualTo(Features.of(kernel).errorInjection() ? "ok" : "note");
        }
    }

    private Path config() {
        Path file = kernel.root().resolve("boot/config-" + kernel.version());
        assertThat(Files.isReadable(file)).isTrue();
        return file;
    }

    private static String verdict(Output output, String id) {
        Matcher m = Pattern.compile("\"id\" : \"" + id + "\",\\s*\"verdict\" : \"(\\w+)\"")
                .matcher(output.output());
        assertThat(m.find()).as(output.output()).isTrue();
        return m.group(1);
    }
}
