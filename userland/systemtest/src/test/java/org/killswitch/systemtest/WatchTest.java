// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.killswitch.systemtest.Scripts.require;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Output;

/** {@code killswitch watch}: who hits what is engaged, as it happens. */
@ParameterizedClass(name = "{0}")
@StockKernels
@Execution(ExecutionMode.CONCURRENT)
final class WatchTest {

    private static final String TRACING = "/sys/kernel/tracing";
    private static final String OF_ANOTHER_NAMESPACE = "killswitch-watch-1-99999999";

    private static final String OBSERVED_ON = "6.12";

    private final String kernel;

    WatchTest(String kernel) {
        this.kernel = kernel;
    }

    @Test
    void tellsWhoHitsWhat() {
        Kernel stock = Project.kernel(kernel);
        GuestSpec spec = Project.withCommand(stock)
                .withFile(
                        "/helpers",
                        Project.LAB.buildModules(stock, Project.ROOT.resolve("userland/systemtest/src/test/modules")))
                .withFile("/bin/nobody", Project.selftests(stock).resolve("nobody"));
        try (Guest guest = Project.LAB.boot(stock, spec)) {
            require(
                    guest,
                    "ln -s /opt/killswitch/bin/killswitch /bin/killswitch; echo nobody:x:65534:65534::/:/bin/sh > /etc/passwd");
            Output notLoaded = guest.run("killswitch watch");
            assertThat(notLoaded.status()).isEqualTo(1);
            assertThat(notLoaded.output()).contains("not loaded").hasLineCount(1);
            Output denied = guest.run("nobody /bin/sh /bin/killswitch watch");
            assertThat(denied.status()).isEqualTo(1);
            assertThat(denied.output()).contains("root").hasLineCount(1);

            require(
                    guest,
                    "insmod /modules/test_killswitch.ko && " + TestGuest.INSMOD + " && insmod /helpers/ks_contexts.ko"
                            + " && echo engage cmdline_proc_show -5 > " + TestGuest.ROOT + "/control"
                            + " && echo engage ks_test_vuln -13 > " + TestGuest.ROOT + "/control");
            mkdirAbandoned(guest);
            String log = watch(guest, "--json", """
                    nobody /bin/sh -c 'read x < /proc/cmdline'
                    echo 'echo -ne "a\\n\\033b" > /proc/$$/comm; read x < /proc/cmdline' > /tmp/odd
                    sh /tmp/odd
                    cat /sys/kernel/debug/ks_contexts > /dev/null
                    """);
            assertThat(log)
                    .containsPattern(
                            "\"symbol\":\"cmdline_proc_show\",\"retval\":-5,\"context\":\"task\",\"pid\":\\d+,"
                                    + "\"comm\":\"[a-z0-9]+\",\"uid\":65534,\"user\":\"nobody\",\"hits\":1,\"hits_per_second\":[\\d.]+,\"state\":\"overridden\"}")
                    .contains("\"comm\":\"a\\n\\u001Bb\",\"uid\":0,\"hits\":1");
            if (Features.of(stock).overridesInsideKprobes()) { // where these calls are made
                assertThat(log)
                        .contains("\"symbol\":\"ks_test_vuln\",\"retval\":-13,\"context\":\"softirq\",\"hits\":1")
                        .contains("\"symbol\":\"ks_test_vuln\",\"retval\":-13,\"context\":\"hardirq\",\"hits\":1");
            }

            String table = watch(guest, "cmdline_proc_show", """
                    sh /tmp/odd
                    cat /sys/kernel/debug/ks_contexts > /dev/null
                    """);
            assertThat(table)
                    .startsWith("TIME ")
                    .containsPattern("cmdline_proc_show +\\d+ +a\\\\x0a\\\\x1bb +uid 0 +overridden +1 ")
                    .doesNotContain("ks_test_vuln");
            if (kernel.equals(OBSERVED_ON)) { // check reads the whole kernel, which takes emulated processors a minute
                checkObserves(guest);
            }
            require(guest, "rmmod ks_contexts && rmmod killswitch");
        }
    }

    /** {@code killswitch check --observe} says who calls a function, and leaves nothing behind. */
    private static void checkObserves(Guest guest) {
        String checked = require(
                guest,
                "echo disengage cmdline_proc_show > " + TestGuest.ROOT + "/control\n"
                        + "while sleep 0.1; do read x < /proc/cmdline; done & reader=$!\n"
                        + "killswitch check cmdline_proc_show -5 --observe 3s; echo status $?\n"
                        + "kill $reader; ls " + TestGuest.ROOT + "/fn");
        assertThat(checked)
                .contains("cmdline_proc_show: ")
                .containsPattern("note +here +called \\d+ times in \\d+ s, \\d+ a second")
                .containsPattern("\\d+ by [a-z0-9]+ \\(pid \\d+, uid 0\\)")
                .containsPattern("status [034]\nks_test_vuln\n$");
    }

    /** What a killed one leaves is taken away by the next; of another namespace's nobody here can tell. */
    private static void mkdirAbandoned(Guest guest) {
        require(
                guest,
                "mkdir " + TRACING + "/instances/killswitch-watch-$(readlink /proc/self/ns/pid | tr -cd 0-9)-99999999 "
                        + TRACING + "/instances/" + OF_ANOTHER_NAMESPACE);
    }

    /** What it prints of a script's hits, though it is interrupted right after them. */
    private static String watch(Guest guest, String arguments, String script) {
        String output = require(
                guest,
                "killswitch watch " + arguments + " > /tmp/watch 2>&1 & watch=$!\n"
                        + "until grep -q 1 " + TRACING
                        + "/instances/killswitch-watch-*-$watch/events/killswitch/killswitch_hit/enable"
                        + " 2>/dev/null; do sleep 0.2; [ -e /proc/$watch ] || break; done\n"
                        + script + "kill $watch; wait $watch; cat /tmp/watch");
        assertThat(require(
                        guest,
                        "ls " + TRACING + "/instances; cat " + TRACING + "/events/killswitch/killswitch_hit/enable"))
                .isEqualTo(OF_ANOTHER_NAMESPACE + "\n0\n");
        return output;
    }
}
