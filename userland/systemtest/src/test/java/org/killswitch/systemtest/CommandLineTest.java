// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Output;

/** The command with its own Java runtime, in a guest, against the real module. */
@ParameterizedClass(name = "{0}")
@StockKernels
@Execution(ExecutionMode.CONCURRENT)
final class CommandLineTest {

    private final String kernel;

    CommandLineTest(String kernel) {
        this.kernel = kernel;
    }

    @Test
    void engageStatusDisengage() {
        Kernel stock = Project.kernel(kernel);
        GuestSpec spec = CatalogueInGuest.prepare(ResidentCommand.add(Project.withCommand(stock)), stock)
                .withFile("/bin/nobody", Project.selftests(stock).resolve("nobody"));
        try (Guest guest = Project.LAB.boot(stock, spec)) {
            guest.run("ln -s /opt/killswitch/bin/killswitch /bin/killswitch");

            Output notLoaded = guest.run("killswitch status");
            assertThat(notLoaded.status()).isEqualTo(1);
            assertThat(notLoaded.output()).contains("not loaded").hasLineCount(1);

            String classes = guest.run(ImageCopy.classesFromCache(Path.of("/opt/killswitch")))
                    .output();
            boolean isHost = stock.release().architecture().isHost(); // a cache is made for one
            assertThat(Integer.parseInt(classes.strip())).isBetween(isHost ? 20 : 0, isHost ? Integer.MAX_VALUE : 0);

            guest.run("insmod /modules/test_killswitch.ko; " + TestGuest.INSMOD);
            Output engaged = guest.run("killswitch engage cmdline_proc_show -EIO");
            assertThat(engaged.status()).as(engaged.output()).isZero();
            assertThat(engaged.output())
                    .contains("cmdline_proc_show", "-5 (EIO)")
                    .hasLineCount(1);
            assertThat(guest.run("cat /proc/cmdline").output()).contains("Input/output error");

            for (var refused : List.of(
                    List.of("engage cmdline_proc_show -1", "engaged already"),
                    List.of("engage init_once -1", "functions"))) {
                Output output = guest.run("killswitch " + refused.get(0));
                assertThat(output.status()).as(output.output()).isEqualTo(1);
                assertThat(output.output()).containsIgnoringCase(refused.get(1)).hasLineCount(1);
            }

            String table = guest.run("killswitch status").output();
            assertThat(table.lines().toList())
                    .element(0)
                    .asString()
                    .startsWith("SYMBOL")
                    .contains("RETVAL", "HITS");
            assertThat(table)
                    .containsPattern("cmdline_proc_show +-5 \\(EIO\\) +[1-9]\\d* ")
                    .contains(Features.of(stock).backend());
            String json = guest.run("killswitch status --json").output();
            assertThat(json)
                    .contains("\"symbol\" : \"cmdline_proc_show\"", "\"retval\" : -5", "\"uid\" : 0")
                    .containsPattern("\"hits\" : [1-9]");
            Output forAnyone = guest.run("nobody /bin/sh /bin/killswitch status");
            assertThat(forAnyone.status()).as(forAnyone.output()).isZero();
            assertThat(forAnyone.output()).contains("cmdline_proc_show");
            Output denied = guest.run("nobody /bin/sh /bin/killswitch disengage cmdline_proc_show");
            assertThat(denied.status()).isEqualTo(1);
            assertThat(denied.output()).containsIgnoringCase("root").hasLineCount(1);

            assertThat(guest.run("killswitch engage ks_test_vuln -EPERM --probe 1h")
                            .status())
                    .isZero();
            Output disengaged = guest.run("killswitch disengage cmdline_proc_show ks_test_vuln");
            assertThat(disengaged.status()).as(disengaged.output()).isZero();
            assertThat(disengaged.output())
                    .contains("cmdline_proc_show", "caught", "ks_test_vuln")
                    .hasLineCount(2);
            assertThat(guest.run("cat /proc/cmdline").status()).isZero();
            assertThat(guest.run("cat " + TestGuest.ROOT + "/engaged").output()).isEmpty();
            observesAndEnforces(guest);
            isAllOrNothing(guest);
            ResidentCommand.start(guest);
            if (stock.release().isStock()) {
                new CatalogueInGuest(guest, stock).isRight();
            } else {
                assertThat(guest.run("killswitch cve show CVE-2026-31431").output())
                        .contains(stock.version() + " is a kernel of unknown making");
            }
        }
    }

    private static void observesAndEnforces(Guest guest) {
        assertThat(guest.run("killswitch observe cmdline_proc_show --reason 'ticket 7'")
                        .status())
                .isZero();
        assertThat(guest.run("cat /proc/cmdline").status()).isZero();
        assertThat(guest.run("killswitch status").output())
                .containsPattern("cmdline_proc_show +- +1 +observing .* ticket 7");
        assertThat(guest.run("killswitch enforce cmdline_proc_show -EIO").status())
                .isZero();
        assertThat(guest.run("cat /proc/cmdline").output()).contains("Input/output error");
        assertThat(guest.run("killswitch set cmdline_proc_show -EACCES").status())
                .isZero();
        assertThat(guest.run("cat /proc/cmdline").output()).contains("Permission denied");
        assertThat(guest.run("killswitch show cmdline_proc_show").output())
                .contains("-13 (EACCES)", "ticket 7", "observe cmdline_proc_show uid=0", "tasks inside  none");
        assertThat(guest.run("killswitch disengage cmdline_proc_show").status()).isZero();
        Output again = guest.run("killswitch disengage cmdline_proc_show");
        assertThat(again.status()).isZero();
        assertThat(again.output()).contains("not engaged").hasLineCount(1);
    }

    private static void isAllOrNothing(Guest guest) {
        guest.run("mkfifo /fifo; cat /fifo > /dev/null 2>&1 & sleep 1");
        Output refused = guest.run("killswitch engage fifo_open,cmdline_proc_show,init_once -EIO");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.output())
                .contains("init_once", "undone: fifo_open, cmdline_proc_show")
                .hasLineCount(1);
        assertThat(guest.run("cat " + TestGuest.ROOT + "/engaged").output()).isEmpty();
        Output engaged = guest.run("killswitch engage fifo_open -EIO");
        assertThat(engaged.status()).isZero();
        assertThat(engaged.output()).containsPattern("1 task is still inside fifo_open.*not overridden: .* \\(\\d+\\)");
        assertThat(guest.run("killswitch engage fifo_open -EIO").output()).contains("already");
        Output bool = guest.run("killswitch engage ns_capable -EPERM");
        assertThat(bool.status()).isEqualTo(1);
        assertThat(bool.output()).contains("it returns bool").hasLineCount(1);
        guest.run("killswitch disengage fifo_open; echo > /fifo");
    }
}
