// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.killswitch.lab.Output;

/** SPEC section 7: engagements whose module is not loaded yet, or not any more. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class PendingTest extends SharedGuest {

    private static final String TEST_MODULE = "/modules/test_killswitch.ko";
    private static final String LOST =
            " mitigation lost: module test_killswitch unloading; it re-arms when the module loads again";

    private final String kernel;

    PendingTest(String kernel) {
        super(kernel);
        this.kernel = kernel;
    }

    @BeforeEach
    void clearLog() {
        log();
    }

    @AfterEach
    void cleanUp() {
        control("disengage_all");
        assertThat(read("pending")).isEmpty();
        sh("[ -e /sys/kernel/livepatch/ks_livepatch ] && echo 0 > /sys/kernel/livepatch/ks_livepatch/enabled");
        sh("rmmod ks_early ks_twin_a ks_twin_b ks_twin_data 2> /dev/null; lsmod | grep -q ^test_killswitch || insmod "
                + TEST_MODULE);
        assertThat(fire(1)).isEqualTo("ok 1");
    }

    @Test
    void theVeryFirstCallAfterAnAutoloadIsRefused() {
        try (TestGuest guest = TestGuest.bootWithoutModule(kernel)) {
            String attacker = "nobody /selftests/af_alg_aead";
            assertThat(guest.sh("grep -w af_alg_sendmsg /proc/kallsyms").output())
                    .isEmpty();
            assertThat(guest.sh(TestGuest.INSMOD + "engage=af_alg_sendmsg=-1").status())
                    .isZero();
            assertThat(guest.read("pending")).isEqualTo("af_alg_sendmsg retval=-1 module=?\n");
            assertThat(guest.read("engaged")).isEmpty();
            assertThat(guest.log())
                    .containsExactly(
                            "engage af_alg_sendmsg=-1 source=modparam",
                            "af_alg_sendmsg pending: it arms when a module that has it loads");

            Output attack = guest.sh(attacker);
            if (attack.status() == 4) {
                // Newer kernels close most of AF_ALG by a sysctl, which comes with the module: the try that loaded it
                // did not get as far as to a call.
                assertThat(guest.sh("echo 0 > /proc/sys/crypto/af_alg_restrict").status())
                        .as(attack.output())
                        .isZero();
                assertThat(guest.read("engaged")).isEqualTo("af_alg:af_alg_sendmsg retval=-1 hits=0\n");
                attack = guest.sh(attacker);
            }
            assertThat(attack.status()).as(attack.output()).isEqualTo(2);
            assertThat(attack.output()).isEqualTo("sendmsg: Operation not permitted (EPERM)\n");
            assertThat(guest.sh("grep -w af_alg_sendmsg /proc/kallsyms").output())
                    .contains("[af_alg]");
            // another module may bring a function of that name
            assertThat(guest.read("pending")).isEqualTo("af_alg_sendmsg retval=-1 module=?\n");
            assertThat(guest.read("engaged")).isEqualTo("af_alg:af_alg_sendmsg retval=-1 hits=1\n");
            assertThat(guest.read("fn/af_alg:af_alg_sendmsg/backend"))
                    .isEqualTo(Features.of(Project.kernel(kernel)).backend() + "\n");
            assertThat(guest.log()).contains("af_alg:af_alg_sendmsg armed: module af_alg loading");

            // what it was armed for goes with the name
            assertThat(guest.control("disengage af_alg_sendmsg")).startsWith("ok");
            assertThat(guest.read("pending")).isEmpty();
            assertThat(guest.read("engaged")).isEmpty();
            assertThat(guest.sh(attacker).status()).isZero();
        }
    }

    @Test
    void aQualifiedNameWaitsForItsModule() {
        sh("rmmod test_killswitch");
        assertThat(control("engage ks_test_vuln -13")).isEqualTo("ENOENT");
        assertThat(control("engage test_killswitch:ks_test_vuln -13")).isEqualTo("ok 39");
        assertThat(read("pending")).isEqualTo("test_killswitch:ks_test_vuln retval=-13 module=test_killswitch\n");
        assertThat(read("engaged")).isEmpty();
        assertThat(sh("ls " + ROOT + "/fn").output()).isEmpty();
        assertThat(control("engage test_killswitch:ks_test_vuln -1")).isEqualTo("EBUSY");
        assertThat(control("tryengage test_killswitch:ks_test_vuln -1 5")).isEqualTo("ENOENT");
        sh("insmod " + TEST_MODULE);
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(read("pending")).isEmpty();
        assertThat(read("engaged")).isEqualTo("test_killswitch:ks_test_vuln retval=-13 hits=1\n");
        assertThat(log())
                .satisfiesExactly(
                        l -> assertThat(l).startsWith("engage test_killswitch:ks_test_vuln=-13 uid=0 auid="),
                        l -> assertThat(l)
                                .isEqualTo("test_killswitch:ks_test_vuln pending: it arms when module"
                                        + " test_killswitch loads"),
                        l -> assertThat(l)
                                .isEqualTo("test_killswitch:ks_test_vuln: pending already as"
                                        + " test_killswitch:ks_test_vuln"),
                        l -> assertThat(l)
                                .isEqualTo("test_killswitch:ks_test_vuln: its module is not loaded, so there are no"
                                        + " calls to count"),
                        l -> assertThat(l)
                                .isEqualTo("test_killswitch:ks_test_vuln armed: module test_killswitch loading"));
    }

    @Test
    void itSurvivesItsModule() {
        control("engage ks_test_vuln -1");
        write("fn/ks_test_vuln/retval", "-13");
        assertThat(fire(1)).isEqualTo("EACCES");
        sh("exec 8< " + ROOT + "/fn/ks_test_vuln/hits; mkfifo /tmp/go /tmp/out; "
                + "(read x < /tmp/go; kread --fd 8 > /tmp/out) > /dev/null 2>&1 &");
        log();
        for (int hits = 1; hits <= 3; hits++) {
            assertThat(sh("rmmod test_killswitch").status()).isZero();
            assertThat(read("pending")).isEqualTo("ks_test_vuln retval=-13 module=test_killswitch\n");
            assertThat(read("engaged")).isEmpty();
            assertThat(sh("ls " + ROOT + "/fn").output()).isEmpty();
            sh("insmod " + TEST_MODULE);
            assertThat(fire(1)).isEqualTo("EACCES");
            // the hits are those of the whole mitigation
            assertThat(read("engaged")).isEqualTo("ks_test_vuln retval=-13 hits=" + (hits + 1) + "\n");
            assertThat(awaitRead("fn/ks_test_vuln/hits")).isEqualTo((hits + 1) + "\n");
            assertThat(log())
                    .containsExactly("ks_test_vuln" + LOST, "ks_test_vuln armed: module test_killswitch loading");
        }
        assertThat(sh("echo > /tmp/go; cat /tmp/out; rm /tmp/go /tmp/out").output())
                .isEqualTo("EIDRM\n");
        sh("rmmod test_killswitch");
        log();
        assertThat(control("disengage ks_test_vuln")).startsWith("ok");
        assertThat(log()).singleElement().asString().startsWith("disengage ks_test_vuln hits=4 uid=0 ");
        sh("insmod " + TEST_MODULE);
        assertThat(fire(1)).isEqualTo("ok 1");
        note(Bypass.REPORTED, "the target's module unloaded and loaded again");
    }

    @Test
    void eitherNameRemovesWhatIsPending() {
        sh("rmmod test_killswitch");
        control("engage test_killswitch:ks_test_vuln -13");
        assertThat(control("disengage ks_test_vuln")).startsWith("ok");
        assertThat(read("pending")).isEmpty();

        sh("insmod " + TEST_MODULE);
        control("engage ks_test_vuln -13");
        sh("rmmod test_killswitch");
        assertThat(control("engage test_killswitch:ks_test_vuln -1")).isEqualTo("EBUSY");
        assertThat(control("disengage other_module:ks_test_vuln")).isEqualTo("ENOENT");
        assertThat(control("disengage test_killswitch:ks_test_vuln")).startsWith("ok");

        control("engage no_such_module:f -1");
        control("engage other_module:f -1");
        assertThat(control("disengage f")).isEqualTo("EADDRNOTAVAIL");
        assertThat(read("pending")).isEqualTo("""
                        no_such_module:f retval=-1 module=no_such_module
                        other_module:f retval=-1 module=other_module
                        """);
        assertThat(control("disengage_all")).startsWith("ok");
        assertThat(read("pending")).isEmpty();
    }

    @Test
    void aLoadedModuleWithoutTheFunctionIsNotWaitedFor() {
        assertThat(control("engage test_killswitch:ks_no_such_function -1")).isEqualTo("ENOENT");
        assertThat(control("engage vmlinux:ks_no_such_function -1")).isEqualTo("ENOENT");
        assertThat(read("pending")).isEmpty();
    }

    @Test
    void itIsArmedBeforeAnyCodeOfTheModuleRuns() {
        control("engage ks_early:ks_early_vuln -7");
        sh("insmod /modules/ks_early.ko poke=1");
        assertThat(sh("cat /sys/module/ks_early/parameters/seen").output()).isEqualTo("-7 -7\n");
        assertThat(read("engaged")).isEqualTo("ks_early:ks_early_vuln retval=-7 hits=2\n");
    }

    @Test
    void aModuleThatFailsToLoadIsWaitedForAgain() {
        control("engage ks_early:ks_early_vuln -7");
        assertThat(sh("insmod /modules/ks_early.ko poke=1 fail=1").status()).isNotZero();
        assertThat(sh("dmesg").output()).contains("ks_early: -7 -7");
        assertThat(read("pending")).isEqualTo("ks_early:ks_early_vuln retval=-7 module=ks_early\n");
        assertThat(log())
                .contains("ks_early:ks_early_vuln mitigation lost: module ks_early unloading; it re-arms when the"
                        + " module loads again");
        sh("insmod /modules/ks_early.ko poke=1");
        assertThat(sh("cat /sys/module/ks_early/parameters/seen").output()).isEqualTo("-7 -7\n");
        // an insmod that failed may have tried twice
        assertThat(read("engaged")).matches("ks_early:ks_early_vuln retval=-7 hits=[46]\n");
    }

    @Test
    void aModuleWithWhatCannotBeArmedIsNotLoaded() {
        control("engage ks_early:ks_early_vuln -7");
        control("engage ks_early:ks_early_init_code -1");
        log();
        assertThat(sh("insmod /modules/ks_early.ko poke=1").status()).isNotZero();
        assertThat(log())
                .contains(
                        "ks_early:ks_early_init_code: it is init code of module ks_early",
                        "ks_early:ks_early_init_code could NOT be armed: module ks_early loading: -EINVAL",
                        "module ks_early is not loaded: what is pending for it could not be armed");
        assertThat(sh("lsmod").output()).doesNotContain("ks_early");
        assertThat(read("pending")).isEqualTo("""
                        ks_early:ks_early_vuln retval=-7 module=ks_early
                        ks_early:ks_early_init_code retval=-1 module=ks_early
                        """);
        assertThat(read("engaged")).isEmpty();

        control("disengage ks_early_init_code");
        sh("insmod /modules/ks_early.ko poke=1");
        assertThat(sh("cat /sys/module/ks_early/parameters/seen").output()).isEqualTo("-7 -7\n");
    }

    @Test
    void aModuleWithoutTheFunctionLoads() {
        control("engage ks_early:ks_no_such_function -1");
        log();
        assertThat(sh("insmod /modules/ks_early.ko poke=1").status()).isZero();
        assertThat(log())
                .containsExactly("ks_early:ks_no_such_function stays pending: module ks_early has no such function");
        assertThat(read("pending")).isEqualTo("ks_early:ks_no_such_function retval=-1 module=ks_early\n");
    }

    /** What only counts protects nothing, so it keeps no module from being loaded. */
    @Test
    void aModuleWithWhatCannotBeObservedLoads() {
        control("observe ks_early:ks_early_init_code");
        assertThat(read("pending")).isEqualTo("ks_early:ks_early_init_code observe module=ks_early\n");
        assertThat(sh("insmod /modules/ks_early.ko poke=1").status()).isZero();
        assertThat(log()).contains("ks_early:ks_early_init_code could NOT be armed: module ks_early loading: -EINVAL");
    }

    /** A user who can have modules loaded must not choose which of them is protected. */
    @Test
    void aNameAloneIsForEveryModuleThatHasIt() {
        try (TestGuest guest = TestGuest.bootWithoutModule(kernel)) {
            guest.sh("insmod /modules/ks_twin_b.ko");
            guest.sh(TestGuest.INSMOD + "engage='\"ks_twin=-7 # both of them\"'");
            // a variable of that name is not what is waited for
            guest.sh("insmod /modules/ks_twin_data.ko");
            assertThat(guest.read("pending")).isEqualTo("ks_twin retval=-7 module=?\n");
            assertThat(guest.read("engaged")).isEqualTo("ks_twin_b:ks_twin retval=-7 hits=0\n");
            guest.sh("insmod /modules/ks_twin_a.ko");
            assertThat(guest.sh("cat /sys/module/ks_twin_?/parameters/call").output())
                    .isEqualTo("-7\n-7\n");
            assertThat(guest.log())
                    .containsExactly(
                            "engage ks_twin=-7 source=modparam reason=\"both of them\"",
                            "ks_twin pending: it arms when a module that has it loads",
                            "ks_twin_b:ks_twin armed",
                            "ks_twin_a:ks_twin armed: module ks_twin_a loading");
            guest.sh("sleep 1");
            assertThat(guest.read("fn/ks_twin_a:ks_twin/reason")).isEqualTo("both of them\n");
            guest.sh("rmmod ks_twin_a ks_twin_b");
            assertThat(guest.read("pending")).isEqualTo("""
                            ks_twin retval=-7 module=?
                            ks_twin_b:ks_twin retval=-7 module=ks_twin_b
                            ks_twin_a:ks_twin retval=-7 module=ks_twin_a
                            """);
            assertThat(guest.control("disengage ks_twin_a:ks_twin")).startsWith("ok");
            guest.sh("insmod /modules/ks_twin_a.ko");
            assertThat(guest.sh("cat /sys/module/ks_twin_a/parameters/call").output())
                    .as("the name is still for all")
                    .isEqualTo("-7\n");
            assertThat(guest.control("disengage ks_twin")).startsWith("ok");
            assertThat(guest.read("pending") + guest.read("engaged")).isEmpty();
            assertThat(guest.sh("cat /sys/module/ks_twin_a/parameters/call").output())
                    .isEqualTo("1\n");
        }
    }

    @Test
    void engagingWhatIsPendingThoughItsModuleIsThereTriesAgain() {
        control("engage ks_early:ks_no_such_function -1");
        sh("insmod /modules/ks_early.ko poke=1");
        assertThat(control("engage ks_early:ks_no_such_function -1")).isEqualTo("ENOENT");
        assertThat(control("disengage ks_early:ks_no_such_function")).startsWith("ok");
    }

    @Test
    void ftraceCannotBeSwitchedOffWhileSomethingIsPending() {
        control("engage test_killswitch:ks_test_vuln -13");
        sh("rmmod test_killswitch");
        assertThat(read("engaged")).isEmpty();
        assertThat(sh("echo 0 > /proc/sys/kernel/ftrace_enabled").status()).isNotZero();
        sh("insmod " + TEST_MODULE);
        assertThat(fire(1)).isEqualTo("EACCES");
    }

    @Test
    void aLivepatchOfTheModuleKeepsItFromBeingArmed() {
        sh("rmmod test_killswitch");
        control("engage test_killswitch:ks_test_vuln -13");
        assertThat(sh("insmod /modules/ks_livepatch.ko").status() == 0)
                .as("there is livepatch")
                .isEqualTo(features.livepatch());
        if (!features.livepatch()) {
            return;
        }
        log();
        assertThat(sh("insmod " + TEST_MODULE).status()).isNotZero();
        assertThat(log())
                .contains(
                        "test_killswitch:ks_test_vuln could NOT be armed: module test_killswitch loading: -EBUSY",
                        "module test_killswitch is not loaded: what is pending for it could not be armed");
        assertThat(read("pending")).isEqualTo("test_killswitch:ks_test_vuln retval=-13 module=test_killswitch\n");
        sh("until [ \"$(cat /sys/kernel/livepatch/ks_livepatch/transition)\" = 0 ]; do sleep 0.2; done; "
                + "echo 0 > /sys/kernel/livepatch/ks_livepatch/enabled; "
                + "while [ -e /sys/kernel/livepatch/ks_livepatch ]; do sleep 0.2; done; rmmod ks_livepatch");
        sh("insmod " + TEST_MODULE);
        assertThat(fire(1)).isEqualTo("EACCES");
    }

    @Test
    void loadingAndUnloadingMeetsEveryCommand() {
        String result = sh("""
                dmesg -n 3
                cd /sys/kernel/security/killswitch
                commands() {
                    n=0
                    while [ $n -lt $1 ]; do
                        echo "$2" > control; cat engaged pending; cat fn/*/hits; echo "$3" > control
                        n=$((n + 1))
                    done > /dev/null 2>&1
                }
                commands 60 'engage test_killswitch:ks_test_vuln -13' 'disengage ks_test_vuln' & a=$!
                commands 60 'engage ks_test_vuln -1' 'disengage test_killswitch:ks_test_vuln' & b=$!
                commands 60 'engagefor ks_early:ks_early_vuln -1 1' 'keep ks_early_vuln' & c=$!
                commands 40 'tryengage ks_early_vuln -1 1' disengage_all & d=$!
                n=0
                while [ $n -lt 30 ]; do
                    rmmod test_killswitch; insmod /modules/ks_early.ko poke=1
                    insmod /modules/test_killswitch.ko; rmmod ks_early
                    insmod /modules/ks_early.ko fail=1
                    n=$((n + 1))
                done > /dev/null 2>&1
                wait $a; wait $b; wait $c; wait $d
                echo disengage_all > control
                cat engaged pending; ls fn; echo done
                """).output();
        assertThat(result).isEqualTo("done\n");
        // and everything still works
        control("engage test_killswitch:ks_test_vuln -13");
        sh("lsmod | grep -q ^test_killswitch || insmod " + TEST_MODULE);
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(read("engaged")).hasLineCount(1);
    }
}
