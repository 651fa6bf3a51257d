// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/** Removing killswitch, or the module of an engaged function, in every state: nothing is left behind. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class UnloadTest extends SharedGuest {

    private static final String RMMOD = "rmmod killswitch";
    private static final String INSMOD = TestGuest.INSMOD;

    UnloadTest(String kernel) {
        super(kernel);
    }

    @BeforeEach
    void clearLog() {
        log();
    }

    @AfterEach
    void loadAgain() {
        sh("lsmod | grep -q ^killswitch || " + INSMOD);
        sh("lsmod | grep -q ^test_killswitch || insmod /modules/test_killswitch.ko");
        assertThat(read("engaged")).isEmpty();
        assertThat(fire(1)).isEqualTo("ok 1");
    }

    @Test
    void withEngagementsInPlace() {
        control("engage ks_test_vuln -13");
        boolean kprobe = control("engage tracing_readme_read -5").startsWith("ok");
        assertThat(kprobe).isEqualTo(features.kprobeOverride());
        control("engage cmdline_proc_show -5");
        assertThat(sh(RMMOD).status()).isZero();
        assertThat(sh("ls -d " + ROOT).status()).isNotZero();
        assertThat(fire(1)).isEqualTo("ok 1");
        assertThat(sh("head -c 4 /sys/kernel/tracing/README").output()).isEqualTo("trac");
        assertThat(sh("cat /proc/cmdline").status()).isZero();
        assertThat(log())
                .anyMatch(l -> l.startsWith("disengage ks_test_vuln hits=0 uid=0 "))
                .anyMatch(l -> l.startsWith("disengage cmdline_proc_show hits=0 uid=0 "))
                .filteredOn(l -> l.startsWith("disengage tracing_readme_read hits=0 uid=0 "))
                .hasSize(kprobe ? 1 : 0);
    }

    @Test
    void notLoadedAtAllToOverrideInAWayThatThereIsNot() {
        assertThat(sh(RMMOD).status()).isZero();
        log();
        assertThat(sh("insmod /modules/killswitch.ko backend=magic").status()).isNotZero();
        assertThat(log()).contains("parameter backend is one of direct, ftrace and kprobe");
        assertThat(sh("ls -d " + ROOT).status()).isNotZero();
    }

    @Test
    void withAProbeRunning() {
        control("tryengage ks_test_vuln -13 2");
        assertThat(sh(RMMOD).status()).isZero();
        sh("sleep 3");
        assertThat(fire(1)).isEqualTo("ok 1");
    }

    /** An open file, which may be any user's, keeps nothing from happening; what it is good for ends. */
    @Test
    void withDescriptorsOpen() {
        for (String file :
                new String[] {"control", "engaged", "pending", "taint", "fn/ks_test_vuln/hits", "fn/ks_test_vuln/retval"
                }) {
            control("engage ks_test_vuln -13");
            String open = file.equals("control") ? "8>" : "8<";
            assertThat(sh("exec " + open + " " + ROOT + "/" + file + "; " + RMMOD
                                    + "; echo $?; cat <&8 2>&1; echo x >&8")
                            .output())
                    .as(file)
                    .startsWith("0\n");
            assertThat(fire(1)).isEqualTo("ok 1");
            sh(INSMOD);
        }
    }

    /** What a list said when it was opened can be read to its end, and no more. */
    @Test
    void aListThatIsBeingReadIsReadToItsEnd() {
        control("engage ks_test_vuln -13");
        assertThat(sh("exec 8< " + ROOT + "/engaged; dd bs=3 count=1 <&8 2> /dev/null; " + RMMOD + "; cat <&8")
                        .output())
                .isEqualTo("ks_test_vuln retval=-13 hits=0\n");
    }

    /** The kernel warns of a file that is opened while the module that owns it is going, and SharedGuest fails then. */
    @Test
    void whileFilesAreBeingOpened() {
        String result = require("""
                cd /tmp
                for file in control engaged fn/ks_test_vuln/hits; do
                    while :; do true < $file || true > $file; done 2> /dev/null & readers="$readers $!"
                done
                for i in $(seq 10); do
                    echo 'engage ks_test_vuln -13' > %1$s/control
                    until rmmod killswitch; do :; done
                    %2$s
                done 2> /dev/null
                kill $readers
                cat %1$s/engaged
                """.replace("$file", ROOT + "/$file").formatted(ROOT, INSMOD));
        assertThat(result).isEmpty();
    }

    @Test
    void theModuleOfAnEngagedFunctionCanGo() {
        control("engage ks_test_vuln -13");
        control("engage cmdline_proc_show -5");
        assertThat(sh("rmmod test_killswitch").status()).isZero();
        assertThat(read("engaged")).isEqualTo("cmdline_proc_show retval=-5 hits=0\n");
        assertThat(log())
                .contains("ks_test_vuln mitigation lost: module test_killswitch unloading; it re-arms when the module"
                        + " loads again");
        sh("insmod /modules/test_killswitch.ko");
        assertThat(fire(1)).isEqualTo("EACCES");
        control("disengage_all");
    }

    @Test
    void theModuleOfAProbedFunctionCanGo() {
        control("tryengage ks_test_vuln -13 2");
        assertThat(sh("rmmod test_killswitch").status()).isZero();
        sh("sleep 3");
        assertThat(read("engaged")).isEmpty();
        assertThat(read("pending")).isEmpty();
        assertThat(log()).contains("tryengage ks_test_vuln aborted: module test_killswitch unloading");
    }

    @Test
    void withSomethingPending() {
        control("engage no_such_module:f -1");
        control("engagefor no_such_module:g -1 2");
        assertThat(sh(RMMOD).status()).isZero();
        sh("sleep 3");
        assertThat(log())
                .anyMatch(l -> l.startsWith("disengage no_such_module:f hits=0 uid=0 "))
                .anyMatch(l -> l.startsWith("disengage no_such_module:g hits=0 uid=0 "));
    }

    @Test
    void theParameterEngagesAtLoad() {
        sh(RMMOD);
        log();
        assertThat(sh(INSMOD + " engage=test_killswitch:ks_test_vuln=-13,,bogus,cmdline_proc_show=-5,ks_nosuch=1,"
                                + "init_once=2,ks_test_vuln+4=1,version_proc_show=x,version_proc_show=0x7")
                        .status())
                .isZero();
        assertThat(read("engaged")).isEqualTo("""
                        test_killswitch:ks_test_vuln retval=-13 hits=0
                        cmdline_proc_show retval=-5 hits=0
                        version_proc_show retval=7 hits=0
                        """);
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(log())
                .contains(
                        "engage test_killswitch:ks_test_vuln=-13 source=modparam",
                        "engage cmdline_proc_show=-5 source=modparam",
                        "engage version_proc_show=7 source=modparam",
                        "parameter engage: entry 2 (bogus) skipped: -EINVAL; entries are [<module>:]<symbol>=<value>"
                                + "[ # <reason>]",
                        "engage ks_nosuch=1 source=modparam",
                        "ks_nosuch pending: it arms when a module that has it loads")
                .filteredOn(l -> l.startsWith("parameter engage: entry "))
                .hasSize(4);
        assertThat(read("pending")).isEqualTo("ks_nosuch retval=1 module=?\n");
        control("disengage_all");
    }
}
