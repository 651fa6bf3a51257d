// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.killswitch.systemtest.Scripts.require;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.killswitch.catalogue.data.Suites;
import org.killswitch.catalogue.version.DebianVersion;
import org.killswitch.catalogue.version.UpstreamVersion;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.Output;

/**
 * The catalogue, imported data, the policy and the metrics in a guest: what {@link CommandLineTest} does last in its own.
 * How they outlast boots of a whole system is {@link PolicyBootTest}'s.
 */
final class CatalogueInGuest {

    private static final String EIO = "Input/output error";
    private static final String EACCES = "Permission denied";

    /** Of the kernel itself, and nothing in the guest reads the file. */
    private static final String FUNCTION = "execdomains_proc_show";

    private static final String FILE = "/proc/execdomains";

    /** A flaw of every kernel; a livepatch would fix it in the tests' own module. */
    private static final String OPEN = "CVE-2026-99001";

    /** A flaw in a module that is not loaded. */
    private static final String IN_MODULE = "CVE-2026-99002";

    /** Its second function is none: several have that name. */
    private static final String IN_PART = "CVE-2026-99003";

    private static final String NO_ENGAGEMENT = "CVE-2026-99004";
    private static final String WITH_SUCCESS = "CVE-2026-99005";
    private static final String NO_MODULE = "CVE-2026-99006";
    private static final String NO_OPTION = "CVE-2026-99007";
    private static final String BUILT_IN = "CVE-2026-99008";
    private static final String GUARDED = "CVE-2026-99009";

    private static final String MODULE = "algif_hash";
    private static final List<String> MODULES = List.of("af_alg", MODULE);

    private final Guest guest;
    private final Kernel kernel;

    CatalogueInGuest(Guest guest, Kernel kernel) {
        this.guest = guest;
        this.kernel = kernel;
    }

    /** What the guest is to have. */
    static GuestSpec prepare(GuestSpec spec, Kernel kernel) {
        return spec.withAvailable(Project.LAB.present(kernel, MODULES))
                .withFile("/boot/config-" + kernel.version(), kernel.headers().resolve(".config"))
                .withFile(
                        "/helpers",
                        Project.LAB.buildModules(kernel, Project.ROOT.resolve("userland/systemtest/src/test/modules")));
    }

    /** Goes through all of it; the guest is sealed and locked then. */
    void isRight() {
        theCatalogueThatIsInstalled();
        scansByExitStatus();
        applies();
        allOrNothing();
        metrics();
        aBlockedModule();
        aLivepatch();
        places();
        importedData();
        aPolicyWithADate();
        sealedAndLocked();
    }

    private void write(String file, String text) {
        require(guest, "mkdir -p $(dirname " + file + "); cat > " + file + " <<'EOF'\n" + text + "EOF\n");
    }

    private void entry(String cve, String more) {
        write("/etc/killswitch/mitigations.d/" + cve + ".yaml", "cve: " + cve + """

                summary: A flaw for tests.
                reach: any-user
                reach-note: None.
                references: ["https://www.kernel.org"]
                """ + more);
    }

    private void remove(String... cves) {
        for (String cve : cves) {
            require(guest, "rm /etc/killswitch/mitigations.d/" + cve + ".yaml");
        }
    }

    private static String engagement(String... functions) {
        return "engagements:\n  - functions: ["
                + String.join(
                        ", ",
                        Stream.of(functions).map(f -> "{symbol: " + f + "}").toList())
                + "]\n    why: w\n    breaks: b\n";
    }

    private static String affected(String introduced, String more) {
        return "affected: [{introduced: \"" + introduced + "\"" + more + "}]\nfiles: [kernel/exec_domain.c]\n";
    }

    private String cat() {
        return guest.run("cat " + FILE).output();
    }

    private void isOpen() {
        require(guest, "cat " + FILE);
    }

    private String fn(String file) {
        return require(guest, "cat " + TestGuest.ROOT + "/fn/" + FUNCTION + "/" + file)
                .strip();
    }

    private void control(String command) {
        require(guest, "echo '" + command + "' > " + TestGuest.ROOT + "/control");
    }

    private void theCatalogueThatIsInstalled() {
        List<String> lines = require(guest, "killswitch cve list").lines().toList();
        assertThat(lines).hasSizeGreaterThan(100);
        assertThat(lines.getFirst()).matches("CVE +NAME +VERDICT +ENGAGED");
        assertThat(lines.subList(1, lines.size()))
                .allMatch(
                        l -> l.matches("CVE-\\d{4}-\\d{4,} +\\S.* (fixed|affected|not present|mitigated|unknown) +no"));
        assertThat(require(guest, "killswitch cve show CVE-2026-31431"))
                .containsPattern("^CVE-2026-31431 \\(Copy Fail\\): \\w+")
                .containsPattern("kernel: " + Pattern.quote(kernel.version()) + " is Debian's linux "
                        + Pattern.quote(kernel.packageVersion()))
                .contains("Engage: algif_aead:aead_bind -1 (EPERM)", "Does not undo: ", "\nVerified: closed");
    }

    /** From here on the catalogue has the tests' own entries only. */
    private void scansByExitStatus() {
        require(guest, "mount -t tmpfs none /opt/killswitch/mitigations");
        entry("CVE-2026-99000", affected("3.0", ", fixed: \"3.1\"") + engagement(FUNCTION + ", retval: -EIO"));
        Output fixed = guest.run("killswitch cve scan");
        assertThat(fixed.status()).as(fixed.output()).isZero();
        assertThat(fixed.output())
                .startsWith("0 of 1 entries of the catalogue are open here; 0 are mitigated, 0 unknown");

        entry(
                OPEN,
                affected("3.0", "") + "fixed-functions: [ks_test_vuln]\n" + engagement(FUNCTION + ", retval: -EIO"));
        Output open = guest.run("killswitch cve scan");
        assertThat(open.status()).as(open.output()).isEqualTo(4);
        assertThat(open.output())
                .startsWith("1 of 2 entries of the catalogue are open here")
                .containsPattern(OPEN + " +affected +loaded +\\S+ has it, since 3\\.0; branch \\S+ has no fix");
        assertThat(require(guest, "killswitch cve list --affected").lines())
                .hasSize(2)
                .last()
                .asString()
                .matches(OPEN + " +- +affected +no");

        // a host with the module and no command runs these lines
        String lines = require(guest, "killswitch cve show --shell " + OPEN);
        require(guest, lines);
        assertThat(cat()).contains(EIO);
        assertThat(fn("reason")).isEqualTo(OPEN);
        Output mitigated = guest.run("killswitch cve scan");
        assertThat(mitigated.status()).as(mitigated.output()).isEqualTo(3);
        assertThat(mitigated.output()).containsPattern(OPEN + " +mitigated +loaded +engaged: " + FUNCTION);
        assertThat(require(guest, "killswitch cve list")).containsPattern(OPEN + " +- +mitigated +yes");
        control("disengage " + FUNCTION);
        entry(GUARDED, affected("3.0", "") + engagement(FUNCTION + ", retval: -EIO, when: uid != 0"));
        Output guarded = guest.run("killswitch cve show --shell " + GUARDED);
        assertThat(guarded.status()).as(guarded.output()).isEqualTo(1);
        assertThat(guarded.output()).contains("needs a guard").hasLineCount(1);
        remove(GUARDED);
    }

    private void applies() {
        entry(WITH_SUCCESS, affected("3.0", "") + engagement(FUNCTION + ", retval: 0"));
        assertThat(require(guest, "killswitch cve apply --dry-run " + WITH_SUCCESS))
                .as("what check says, as far as the kernel has types")
                .startsWith("killswitch: warning: " + FUNCTION + ": 0 is no error: the callers go on as if")
                .endsWith("\n+ " + FUNCTION + " returns 0 (" + WITH_SUCCESS + ")\n")
                .hasLineCount(2);
        assertThat(require(guest, "cat " + TestGuest.ROOT + "/engaged")).isEmpty();
        remove(WITH_SUCCESS);

        assertThat(require(guest, "killswitch cve apply --observe " + OPEN)).contains(FUNCTION);
        isOpen();
        assertThat(List.of(fn("state"), fn("hits"), fn("reason")))
                .doesNotContain("0")
                .contains("observing", OPEN);
        control("disengage " + FUNCTION);
    }

    private void allOrNothing() {
        entry(IN_PART, affected("3.0", "") + engagement(FUNCTION + ", retval: -EIO", "init_once, retval: -EIO"));
        entry(NO_ENGAGEMENT, affected("3.0", "") + "no-engagement: Patch.\n");
        for (String refused : List.of(IN_PART, OPEN + " " + NO_ENGAGEMENT)) {
            Output output = guest.run("killswitch cve apply " + refused);
            assertThat(output.status()).as(output.output()).isEqualTo(1);
            assertThat(output.output())
                    .contains(refused.contains(IN_PART) ? "init_once" : "no clean engagement: Patch.");
            isOpen();
            assertThat(require(guest, "cat " + TestGuest.ROOT + "/engaged")).isEmpty();
        }
        remove(IN_PART, NO_ENGAGEMENT);
    }

    /** All that they have, while something is engaged for a time. */
    private void metrics() {
        assertThat(require(guest, "killswitch cve apply --for 1h " + OPEN)).contains("1h");
        assertThat(cat()).contains(EIO);
        assertThat(List.of(fn("state"), fn("reason"))).containsExactly("expiring", OPEN);
        control("observe uptime_proc_show");
        control("engage nosuch_module:nosuch_function -1");
        String metrics = require(guest, "cat /proc/uptime; killswitch metrics");
        assertThat(metrics)
                .contains(
                        "\nkillswitch_loaded 1\n",
                        "\nkillswitch_sealed 0\n",
                        "\nkillswitch_locked 0\n",
                        "\nkillswitch_functions{state=\"engaged\"} 0\n",
                        "\nkillswitch_functions{state=\"expiring\"} 1\n",
                        "\nkillswitch_functions{state=\"observing\"} 1\n",
                        "\nkillswitch_functions{state=\"pending\"} 1\n",
                        "\nkillswitch_engaged{symbol=\"" + FUNCTION + "\",reason=\"" + OPEN + "\"} 1\n",
                        "\nkillswitch_hits_total{symbol=\"" + FUNCTION + "\"} " + fn("hits") + "\n",
                        "\nkillswitch_cve_mitigated{cve=\"" + OPEN + "\",name=\"" + OPEN + "\"} 1\n",
                        "\nkillswitch_cve_affected{cve=\"" + OPEN + "\",name=\"" + OPEN + "\"} 0\n",
                        "\nkillswitch_cve_reboot{cve=\"" + OPEN + "\",name=\"" + OPEN + "\"} 0\n")
                .containsPattern("\nkillswitch_hits_total\\{symbol=\"uptime_proc_show\"} [1-9]")
                .containsPattern("\nkillswitch_timeout_seconds\\{symbol=\"" + FUNCTION + "\"} 3[0-9]{3}\n");
        PrometheusTest.requireGood(metrics.substring(metrics.indexOf('#')));
        try {
            Pattern name = Pattern.compile("killswitch_[a-z_]+");
            assertThat(name.matcher(Files.readString(Project.ROOT.resolve(PrometheusTest.RULES)))
                            .results()
                            .map(m -> "\n# TYPE " + m.group() + " "))
                    .as("what the alert rules ask for is there")
                    .isNotEmpty()
                    .allMatch(metrics::contains);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        control("disengage_all");
    }

    private String show(String cve) {
        return require(guest, "killswitch cve show " + cve);
    }

    private void aBlockedModule() {
        entry(
                IN_MODULE,
                "affected: [{introduced: \"3.0\"}]\nfiles: [crypto/algif_hash.c]\nmodule: " + MODULE + "\n"
                        + engagement("'algif_hash:hash_sendmsg', retval: -EPERM"));
        require(guest, "! grep -q ^" + MODULE + " /proc/modules");
        write("/etc/modprobe.d/block.conf", "install " + MODULE + " /bin/false\n");
        assertThat(show(IN_MODULE))
                .startsWith(IN_MODULE + ": mitigated")
                .contains("* mitigation: " + MODULE + " cannot be loaded: 'install " + MODULE
                        + " /bin/false' in /etc/modprobe.d/block.conf");
        require(guest, "mv /etc/modprobe.d/block.conf /; modprobe " + MODULE + "; mv /block.conf /etc/modprobe.d/");
        assertThat(show(IN_MODULE)).startsWith(IN_MODULE + ": affected").contains("comes too late: " + MODULE);
        require(guest, "rm /etc/modprobe.d/block.conf");
        remove(IN_MODULE);
    }

    /** Entries of code that is elsewhere than it seems; {@link #importedData} has them judged. */
    private void places() {
        String engagement = engagement("nosuch_function, retval: -EIO");
        String everywhere = "affected: [{introduced: \"3.0\"}]\n";
        entry(NO_MODULE, everywhere + "files: [drivers/nosuch/a.c]\nmodule: nosuch_module\n" + engagement);
        entry(NO_OPTION, affected("3.0", "") + "config: [CONFIG_NOSUCH_OPTION]\n" + engagement);
        String path = require(
                        guest, "sed -n 's|^kernel/\\(.*\\)\\.ko$|\\1|p' /lib/modules/*/modules.builtin | head -n 1")
                .strip();
        String name = path.substring(path.lastIndexOf('/') + 1);
        entry(BUILT_IN, everywhere + "files: [" + path + ".c]\nmodule: " + name + "\n" + engagement);
        write("/etc/modprobe.d/built-in.conf", "install " + name + " /bin/false\n");
    }

    private void aLivepatch() {
        if (!Features.of(kernel).livepatch()) {
            return;
        }
        String folder = "/sys/kernel/livepatch/ks_livepatch";
        require(
                guest,
                "insmod /helpers/ks_livepatch.ko && until [ \"$(cat " + folder
                        + "/transition)\" = 0 ]; do sleep 0.2; done");
        assertThat(show(OPEN))
                .startsWith(OPEN + ": mitigated")
                .contains("* mitigation: livepatch ks_livepatch replaces ks_test_vuln()");
        require(
                guest,
                "echo 0 > " + folder + "/enabled; while [ -e " + folder + " ]; do sleep 0.2; done; rmmod ks_livepatch");
    }

    private void record(String cve, String file, String... ranges) {
        String path = "/vulns/cve/published/2026/" + cve;
        write(path + ".dyad", "# id\n" + String.join("\n", ranges) + "\n");
        write(
                path + ".json",
                "{\"containers\": {\"cna\": {\"title\": \"t\", \"affected\": [{\"programFiles\": [\"" + file
                        + "\"]}]}}}\n");
    }

    private void importedData() {
        DebianVersion debian = DebianVersion.parse(kernel.packageVersion()).orElseThrow();
        UpstreamVersion runs = debian.kernel().orElseThrow();
        UpstreamVersion next = new UpstreamVersion(runs.major(), runs.minor(), runs.patch() + 1, 0, runs.candidate());
        String file = "kernel/exec_domain.c";
        record("CVE-2026-90001", file, "4.11:aaaa:" + runs + ":bbbb", "4.11:aaaa:" + next + ":cccc");
        record("CVE-2026-90002", file, "4.11:aaaa:4.12:bbbb", "4.11:aaaa:" + runs + ":cccc");
        record("CVE-2026-90003", file, "90.0:aaaa:90.1:bbbb");
        record("CVE-2026-90004", file, "4.11:aaaa:" + next + ":bbbb");
        record("CVE-2026-90005", file, "4.11:aaaa:" + runs + ":bbbb");
        record("CVE-2026-90006", "arch/s390/kvm/kvm-s390.c", "4.11:aaaa:" + next + ":bbbb");
        record("CVE-2026-90007", "drivers/nosuch/file.c", "4.11:aaaa:" + next + ":bbbb");
        String imported = "7 CVEs from the kernel CNA's records\n";
        assertThat(require(guest, "killswitch cve import /vulns")).isEqualTo(imported);
        assertThat(require(guest, "cd /; tar -czf a.tar.gz vulns/cve; rm -r vulns; killswitch cve import a.tar.gz"))
                .isEqualTo(imported);
        write("/osv.json", """
                {"id": "CVE-2026-90008", "affected": [{"package": {"ecosystem": "Linux", "name": "Kernel"},
                 "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "4.14.0"}]}],
                 "database_specific": {"affected_files": ["%s"]}}]}
                """.formatted(file));
        assertThat(require(guest, "killswitch cve import /osv.json"))
                .isEqualTo("1 CVE from OSV records of the kernel\n");

        // a backport is judged as the suite's that it came from, and the other suite says the opposite
        String suite = debian.backportedTo().isPresent()
                ? Suites.name(debian.backportedTo().getAsInt() + 1).orElseThrow()
                : debian.builtForRelease().isPresent()
                        ? Suites.name(debian.builtForRelease().getAsInt()).orElseThrow()
                        : "bookworm";
        String own =
                "\"" + suite + "\": {\"repositories\": {\"" + suite + "\": \"" + debian.withoutBackport() + "\"}, ";
        String fixed = "\"status\": \"resolved\", \"fixed_version\": \"" + debian.withoutBackport() + "\"}";
        String opposite = debian.backportedTo().isPresent()
                ? Suites.name(debian.backportedTo().getAsInt()).orElseThrow()
                : "buster";
        String other = ", \"" + opposite + "\": {\"repositories\": {\"x\": \"4.19.1-1\"}, ";
        write(
                "/tracker.json",
                "{\"linux\": {\"CVE-2026-90004\": {\"releases\": {" + own + fixed + other + "\"status\": \"open\"}}},"
                        + "\"CVE-2026-90005\": {\"releases\": {" + own + "\"status\": \"open\"}" + other + fixed
                        + "}}}}\n");
        assertThat(require(guest, "killswitch cve import /tracker.json"))
                .isEqualTo("2 CVEs from the Debian security tracker's data\n");

        Output all = guest.run("killswitch cve scan --all --json");
        assertThat(all.status()).as(all.output()).isEqualTo(4);
        isJudged(all.output(), "CVE-2026-99000", "fixed", " has the fix of 3.1");
        isJudged(all.output(), "CVE-2026-90001", "affected", runs + " has it, since 4.11; fixed in " + next);
        isJudged(all.output(), "CVE-2026-90002", "fixed", runs + " has the fix of " + runs + " (cccc)");
        isJudged(all.output(), "CVE-2026-90003", "not present", runs + " never had it: it came with 90.0");
        isJudged(
                all.output(),
                "CVE-2026-90004",
                "fixed",
                "Debian's data for linux in " + suite + ": fixed in " + debian.withoutBackport());
        isJudged(all.output(), "CVE-2026-90005", "affected", "Debian's data for linux in " + suite + ": open");
        isJudged(all.output(), "CVE-2026-90006", "not present", "arch/s390/kvm/kvm-s390.c is of another architecture");
        isJudged(all.output(), "CVE-2026-90007", "unknown", "cannot be told whether drivers/nosuch/file.c");
        isJudged(all.output(), "CVE-2026-90008", "affected", runs + " has it, since 4.14");
        isJudged(all.output(), NO_MODULE, "not present", "there is no module nosuch_module, neither in modules.dep");
        isJudged(all.output(), NO_OPTION, "not present", "CONFIG_NOSUCH_OPTION is not set");
        isJudged(all.output(), BUILT_IN, "affected", runs + " has it, since 3.0");
        assertThat(all.output())
                .contains(
                        ".conf has no effect: the code is built in\"",
                        "\"data\" : \"Data: the kernel CNA's records were imported ");
    }

    private static void isJudged(String json, String cve, String verdict, String because) {
        int start = json.indexOf("\"cve\" : \"" + cve + "\"");
        assertThat(start).as(cve + " in " + json).isPositive();
        int next = json.indexOf("\"cve\" : ", start + 1);
        String of = json.substring(start, next < 0 ? json.length() : next);
        assertThat(of)
                .contains("\"verdict\" : \"" + verdict + "\"")
                .containsPattern("\"text\" : \"[^\"]*" + Pattern.quote(because) + "[^\"]*\",\\s*\"decides\" : true");
    }

    /** A value is changed under its hits, and the first minute of a date ends an entry. */
    private void aPolicyWithADate() {
        String policy = "/etc/killswitch/policy.d/a.yaml";
        String until =
                require(guest, "date -u -d @$(($(date +%s) + 86400)) +%F").strip();
        String entry = "- {symbol: " + FUNCTION + ", retval: -EIO, reason: ticket 7, until: " + until + "}\n";
        write(policy, entry);
        assertThat(require(guest, "TZ=UTC killswitch apply")).contains("1 change made");
        assertThat(cat()).contains(EIO);
        assertThat(fn("reason")).isEqualTo("ticket 7");
        int hits = Integer.parseInt(fn("hits"));
        assertThat(hits).isPositive();
        write(policy, entry.replace("-EIO", "-EACCES"));
        Output diff = guest.run("TZ=UTC killswitch diff");
        assertThat(diff.status()).as(diff.output()).isEqualTo(3);
        assertThat(diff.output()).startsWith("~ " + FUNCTION).hasLineCount(1);
        require(guest, "TZ=UTC killswitch apply");
        assertThat(cat()).contains(EACCES);
        assertThat(Integer.parseInt(fn("hits"))).as("it was never disengaged").isGreaterThan(hits);
        require(guest, "date -s \"$(date -u -d @$(($(date +%s) + 86400)) '+%F %T')\"");
        assertThat(require(guest, "TZ=UTC killswitch apply")).contains("over: it was to last until " + until);
        isOpen();
    }

    private void sealedAndLocked() {
        control("seal");
        control("lock");
        assertThat(require(guest, "killswitch metrics")).contains("\nkillswitch_sealed 1\n", "\nkillswitch_locked 1\n");
    }
}
