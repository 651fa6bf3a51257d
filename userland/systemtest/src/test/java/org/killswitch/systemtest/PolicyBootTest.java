// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.killswitch.systemtest.Scripts.require;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Output;
import org.killswitch.lab.qemu.Disk;

/** The policy of a Debian system over its boots: what comes back, what is left out, and the way out. */
@Order(1)
final class PolicyBootTest {

    private static final String EIO = "Input/output error";

    /** A system that comes up takes less from when the module is loaded. */
    private static final Duration IN_VAIN = Duration.ofSeconds(75);

    private static final String METRICS = "/var/lib/prometheus/node-exporter/killswitch.prom";
    private static final String STATE = "/etc/killswitch/boot.state";

    /** The catalogue's entry of this one ends with the fix of 6.1.180, which the newer of the two kernels has. */
    private static final String CVE = "CVE-2026-64560";

    /**
     * Only the changelog of the newer kernel's package says that it has a fix of this one: it is not in the catalogue, and
     * this entry names no release.
     */
    private static final String BY_CHANGELOG = "CVE-2026-99228";

    private static final String OWN_ENTRY = """
            cve: %s
            summary: A signal that ends a worker is lost.
            reach: any-user
            reach-note: io_uring_setup(), no privilege.
            affected: [{introduced: "5.5"}]
            files: [io_uring/io-wq.c]
            engagements:
              - functions: [{symbol: execdomains_proc_show, retval: -EIO}]
                why: A file that nothing in this system reads.
                breaks: /proc/execdomains
            references: ["https://www.kernel.org"]
            """.formatted(BY_CHANGELOG);

    private static final String CVES = "/etc/killswitch/policy.d/cve.yaml";

    private static final String DOOR = "setpriv --reuid 65534 --clear-groups /srv/door posix_cpu_timer";

    @Test
    void persistedRebootedBrokenFixedAndSkipped() {
        Kernel old = Project.kernel("6.1-outdated");
        Kernel fixed = Project.kernel("6.1");
        try (Disk disk = Project.debian()) {
            GuestSpec spec =
                    GuestSpec.standard().withMachine(2, 2048).withDisk(disk).withTimeout(Duration.ofMinutes(20));
            GuestSpec first = Project.withPackages(spec, old, fixed)
                    .withFile("/srv/door", Project.selftests(old).resolve("doors/door"));
            try (Guest guest = Project.LAB.boot(old, first)) {
                require(guest, "depmod " + old.version() + " && depmod " + fixed.version());
                install(guest);
                persist(guest);
                waitsForTheFixedKernel(guest, fixed);
                // as prometheus-node-exporter has it; what is there at the next boot was written then
                require(guest, "mkdir -p $(dirname " + METRICS + ") && rm -f " + METRICS + " && sync");
                guest.cutPower();
            }
            try (Guest guest = Project.LAB.boot(old, spec)) {
                isBack(guest);
                assertThat(guest.run(DOOR).status()).isEqualTo(1);
                metricsAreWritten(guest);
                aTimeEndsAnEntry(guest);
                comesToBeGood(guest);
                require(
                        guest,
                        "echo '- {symbol: security_bprm_check, retval: -EACCES}' > /etc/killswitch/policy.d/bad.yaml; sync");
                guest.cutPower();
            }
            Project.LAB.bootInVain(old, spec, "killswitch: engage security_bprm_check=-13 source=modparam", IN_VAIN);
            try (Guest guest = Project.LAB.boot(fixed, spec)) {
                isLeftOut(guest);
                isRetired(guest);
                guest.cutPower();
            }
            try (Guest guest = Project.LAB.boot(fixed, spec.withAppend(List.of("killswitch.skip=1")))) {
                isSkipped(guest);
            }
        }
    }

    private static void install(Guest guest) {
        require(guest, "export DEBIAN_FRONTEND=noninteractive; dpkg -i /srv/packages/killswitch_*.deb");
        assertThat(require(
                        guest, "systemctl is-enabled killswitch.service killswitch-good.timer killswitch-ended.timer"))
                .isEqualTo("enabled\nenabled\nenabled\n");
        require(guest, "systemctl start killswitch.service");
        isActive(guest);
    }

    private static void isActive(Guest guest) {
        String unit = "killswitch.service";
        assertThat(guest.run("systemctl is-active " + unit + " || journalctl -b -u " + unit)
                        .output())
                .isEqualTo("active\n");
    }

    private static void persist(Guest guest) {
        require(guest, "killswitch engage version_proc_show -EIO --reason 'ticket 4711'");
        require(guest, "killswitch engage cmdline_proc_show -EIO --when 'uid == 65534'");
        require(guest, "killswitch observe uptime_proc_show");
        assertThat(guest.run("killswitch diff").status()).isEqualTo(3);
        assertThat(require(guest, "killswitch persist")).contains("zz-persist.yaml has 3 entries");
        assertThat(require(guest, "killswitch diff")).isEmpty();
        Output refused =
                guest.run("echo '- {symbol: nosuch_function, retval: -1}\n- {symbol: loadavg_proc_show, retval:"
                        + " -EIO}' > /etc/killswitch/policy.d/a.yaml; killswitch apply");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.output()).contains("policy.d/a.yaml:1: ", "nothing was changed");
        require(guest, "rm /etc/killswitch/policy.d/a.yaml; cat /proc/loadavg");
        assertThat(require(guest, "killswitch show cmdline_proc_show")).contains("uid == 65534");
        // two files of modprobe.d, with more than one string of a parameter would hold
        for (String file : List.of("a", "b")) {
            require(
                    guest,
                    "for i in $(seq 100); do echo options killswitch engage=nosuch_" + file
                            + "$i:function_number_$i=-1;" + " done > /etc/modprobe.d/" + file + ".conf");
        }
    }

    /** The package of a kernel with the fix is installed, as an upgrade does it, and an older one runs. */
    private static void waitsForTheFixedKernel(Guest guest, Kernel fixed) {
        assertThat(guest.run(DOOR).status()).isZero();
        write(guest, "/etc/killswitch/mitigations.d/" + BY_CHANGELOG + ".yaml", OWN_ENTRY);
        write(guest, CVES, "# ours\n- {cve: " + CVE + ", until: fixed}\n- cve: " + BY_CHANGELOG + "\n");
        String version = "/sys/kernel/security/killswitch/fn/version_proc_show/hits";
        guest.run("cat /proc/version");
        String hits = require(guest, "cat " + version);
        assertThat(Integer.parseInt(hits.strip())).isPositive();
        assertThat(require(guest, "killswitch apply --dry-run")).contains("2 changes to make");
        assertThat(require(guest, "killswitch apply")).contains("2 changes made");
        assertThat(require(guest, "cat " + version)).as("not touched").isEqualTo(hits);
        assertThat(guest.run(DOOR).status()).isEqualTo(1);
        assertThat(guest.run("cat /proc/execdomains").output()).contains(EIO);
        require(guest, "systemctl start killswitch-ended.service");
        assertThat(guest.run(DOOR).status()).isEqualTo(1);
        String says = CVE + ": linux-image-" + fixed.version() + " " + fixed.packageVersion()
                + " is installed and has the fix: reboot";
        assertThat(require(guest, "killswitch status")).contains(says);
        assertThat(require(guest, "sh /usr/share/doc/killswitch/examples/motd/60-killswitch"))
                .isEqualTo("killswitch: " + says + "\n");
        assertThat(metrics(guest))
                .contains("killswitch_cve_reboot 1", "killswitch_cve_mitigated 1", "killswitch_cve_affected 0");
        assertThat(require(guest, "killswitch cve retire")).isEqualTo(says + "\n");
        assertThat(guest.run(DOOR).status()).isEqualTo(1);
        require(guest, "sync");
    }

    private static void write(Guest guest, String file, String text) {
        require(guest, "mkdir -p $(dirname " + file + "); cat > " + file + " <<'EOF'\n" + text + "EOF\n");
    }

    /** The unit writes them where Debian's node_exporter reads them, a minute after boot and from then on. */
    private static void metricsAreWritten(Guest guest) {
        require(
                guest,
                "for i in $(seq 120); do [ -e " + METRICS + " ] && break; sleep 1; done; rm " + METRICS
                        + "; while [ $(systemctl is-active killswitch-metrics.service) = activating ]; do sleep 0.2; done");
        assertThat(require(guest, "systemctl list-timers killswitch-metrics.timer"))
                .as("the timer has run it, and will again")
                .containsPattern("\\d{4}-\\d\\d-\\d\\d .* \\d{4}-\\d\\d-\\d\\d .* ago +killswitch-metrics.timer");
        require(guest, "killswitch engage loadavg_proc_show -EIO --for 1h");
        require(guest, "systemctl start killswitch-metrics.service");
        assertThat(require(guest, "cat " + METRICS))
                .contains(
                        "killswitch_loaded 1\n",
                        "killswitch_sealed 0\n",
                        "killswitch_locked 0\n",
                        "killswitch_functions{state=\"engaged\"} 4\n",
                        "killswitch_functions{state=\"observing\"} 1\n",
                        "killswitch_functions{state=\"expiring\"} 1\n",
                        "killswitch_functions{state=\"pending\"} 200\n",
                        "killswitch_engaged{symbol=\"version_proc_show\",reason=\"ticket 4711\"} 1\n")
                .containsPattern("killswitch_hits_total\\{symbol=\"version_proc_show\"} [1-9]")
                .containsPattern("killswitch_passed_total\\{symbol=\"cmdline_proc_show\"} [1-9]")
                .containsPattern("killswitch_timeout_seconds\\{symbol=\"loadavg_proc_show\"} 3[0-9]{3}\n");
        require(guest, "killswitch disengage loadavg_proc_show");
    }

    /** The clock is put forward to it. */
    private static void aTimeEndsAnEntry(Guest guest) {
        String file = "/etc/killswitch/policy.d/time.yaml";
        require(
                guest,
                "echo \"- {symbol: loadavg_proc_show, retval: -EIO, until: $(date -u -d '+50 minutes' +%FT%TZ)}\" > "
                        + file + "; killswitch apply; systemctl start killswitch-ended.service");
        assertThat(guest.run("cat /proc/loadavg").output()).contains(EIO);
        require(guest, "date -s '1 hour' && systemctl start killswitch-ended.service && cat /proc/loadavg");
        require(guest, "date -s '-1 hour' && rm " + file);
    }

    /** What metrics say of the CVE, without the labels. */
    private static String metrics(Guest guest) {
        return require(guest, "killswitch metrics | grep " + CVE + " | sed 's/{.*}//'");
    }

    /** The fixed kernel runs: one entry ended by itself, the other one does when it is told to. */
    private static void isRetired(Guest guest) {
        require(guest, DOOR);
        assertThat(require(guest, "cat /sys/kernel/security/killswitch/engaged"))
                .doesNotContain("posix_cpu_timer_create")
                .contains("execdomains_proc_show");
        assertThat(require(guest, "killswitch cve show " + BY_CHANGELOG))
                .contains("the package's changelog names it at 6.1.1");
        require(
                guest,
                "systemctl start killswitch-ended.service; sh /usr/share/doc/killswitch/examples/motd/60-killswitch");
        assertThat(guest.run("cat /proc/execdomains").output()).contains(EIO);
        assertThat(metrics(guest))
                .contains("killswitch_cve_reboot 0", "killswitch_cve_mitigated 0", "killswitch_cve_affected 0");
        assertThat(require(guest, "killswitch cve retire"))
                .contains(
                        CVE + " is fixed: 6.1.",
                        BY_CHANGELOG + " is fixed: the package's changelog",
                        "execdomains_proc_show runs its own code again")
                .doesNotContain("reboot");
        require(guest, "cat /proc/execdomains");
        assertThat(require(guest, "cat " + CVES)).isEqualTo("# ours\n");
        assertThat(require(guest, "killswitch cve retire")).isEqualTo("there is nothing to retire\n");
        require(guest, "sync");
    }

    private static void isBack(Guest guest) {
        assertThat(require(guest, "cat " + STATE)).contains("boot ").doesNotContain("\ngood ");
        isActive(guest);
        assertThat(guest.run("cat /proc/version").output()).contains(EIO);
        assertThat(guest.run("setpriv --reuid 65534 cat /proc/cmdline").output())
                .contains(EIO);
        require(guest, "cat /proc/cmdline");
        assertThat(require(guest, "cat /sys/kernel/security/killswitch/fn/uptime_proc_show/state"))
                .isEqualTo("observing\n");
        assertThat(require(guest, "cat /sys/kernel/security/killswitch/fn/version_proc_show/reason"))
                .isEqualTo("ticket 4711\n");
        assertThat(require(guest, "grep -c ^nosuch_ /sys/kernel/security/killswitch/pending"))
                .isEqualTo("200\n");
        assertThat(require(guest, "dmesg")).contains("killswitch: engage version_proc_show=-5 source=modparam");
        assertThat(require(guest, "killswitch diff 2>/dev/null")).isEmpty();
        assertThat(require(guest, "killswitch apply 2>/dev/null")).startsWith("0 changes made");
        guest.run("systemctl is-system-running --wait");
        long ours = became(guest, "killswitch.service");
        assertThat(ours).isPositive();
        for (String later : List.of("sysinit.target", "systemd-user-sessions.service")) {
            assertThat(ours).as("before %s", later).isLessThan(became(guest, later));
        }
    }

    /** When a unit became active, in microseconds since the kernel started. */
    private static long became(Guest guest, String unit) {
        return Long.parseLong(require(guest, "systemctl show -P ActiveEnterTimestampMonotonic " + unit)
                .strip());
    }

    /** Two minutes after the system came up, and not before. */
    private static void comesToBeGood(Guest guest) {
        require(guest, "for i in $(seq 240); do grep -q '^boot ' " + STATE + " || exit 0; sleep 1; done; exit 1");
        assertThat(require(guest, "cat " + STATE)).contains("\ngood engage version_proc_show -5\n");
        long waited = became(guest, "killswitch-good.timer");
        assertThat(waited).isGreaterThan(became(guest, "multi-user.target"));
    }

    private static void isLeftOut(Guest guest) {
        assertThat(guest.run("cat /proc/version").output()).contains(EIO);
        assertThat(guest.run("setpriv --reuid 65534 cat /proc/cmdline").output())
                .contains(EIO);
        assertThat(guest.run("systemctl is-active killswitch.service").output()).isEqualTo("failed\n");
        assertThat(require(guest, "journalctl -b -u killswitch.service"))
                .contains("bad.yaml:1: left out: the system did not come up with");
        assertThat(require(guest, "killswitch status"))
                .contains(
                        "left out at boot, because the system did not come up with it: engage security_bprm_check -13");
        Output apply = guest.run("killswitch apply");
        assertThat(apply.status()).isEqualTo(1);
        assertThat(apply.output()).contains("left out");
        require(guest, "true");
    }

    private static void isSkipped(Guest guest) {
        require(guest, "cat /proc/version");
        assertThat(require(
                        guest, "cat /sys/kernel/security/killswitch/engaged /sys/kernel/security/killswitch/pending"))
                .isEmpty();
        assertThat(require(guest, "killswitch status")).contains("killswitch.skip=1 is on the kernel's command line");
        assertThat(require(guest, "grep left-out " + STATE)).contains("security_bprm_check");
    }
}
