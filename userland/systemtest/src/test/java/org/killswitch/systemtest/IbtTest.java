// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.lab.Commands;
import org.killswitch.lab.Kernel;

/**
 * The selftests on a processor with indirect branch tracking (IBT), on which the kernel dies of an indirect jump or call that
 * leads to something else than an ENDBR instruction; one with FineIBT checks in front of each function, too, that its caller
 * expects one of its type. QEMU emulates none, Bochs does. Bochs has no channel into a guest: this one does all by itself, and
 * says on its serial console how it went.
 */
final class IbtTest {

    private static final Duration LIMIT = Duration.ofMinutes(15);

    /**
     * How fast the processor is by the guest's clock. The kernel would go by the frequency that Bochs has the processor state,
     * which it is far from: a second in which the guest sleeps would take fifteen of ours.
     */
    private static final int KILOHERTZ = 250_000;

    private static final List<String> PROGRAMS =
            List.of("bochs", "grub-mkrescue", "mformat", "script", "timeout", "xorriso");

    private static final String BIOS = "/usr/share/bochs/BIOS-bochs-latest";
    private static final String VGA_BIOS = "/usr/share/vgabios/vgabios.bin";

    /** What one of Debian's packages brings each; the last one is a plugin of Bochs. */
    private static final List<String> FILES = List.of(
            BIOS,
            VGA_BIOS,
            "/usr/lib/grub/i386-pc/cdboot.img",
            "/usr/lib/x86_64-linux-gnu/bochs/plugins/libbx_term_gui.so");

    /** The lines "ok" of the script itself. */
    private static final int BESIDES = 4 + 3 * 5;

    @TempDir
    private Path folder;

    @Test
    void theMostImportantSelftestsPass() throws IOException {
        List<String> tests = List.of("engage_and_disengage", "hits_are_exact", "retval_is_live", "ftrace_stays_on");
        pass("6.12", "", String.join(" ", tests), tests.size(), "ibt");
    }

    @Test
    @OnlyInMatrix
    void allSelftestsPass() throws IOException {
        pass("6.12", "", "", 27, "ibt");
    }

    @Test
    @OnlyInMatrix
    void allSelftestsPassWithFineIbt() throws IOException {
        // by default in most configurations, though not in a minimal one (CONFIG_CFI_AUTO_DEFAULT)
        pass("6.12-kcfi", "cfi=auto", "", 27, "Using FineIBT CFI");
    }

    /** Runs selftests on a kernel that says of itself what it uses. */
    private void pass(String series, String words, String tests, int count, String sign) throws IOException {
        requirePrograms();
        String console = run(Project.kernel(series), words, script(tests));
        assertThat(console.lines())
                .as(console)
                .contains("Indirect Branch Tracking enabled", "ibt", sign, "END")
                .contains("# " + count + " passed, 0 failed, 0 skipped")
                .noneMatch(line -> line.startsWith("not ok") || line.startsWith("complaint: "));
        assertThat(console.lines().filter(line -> line.startsWith("ok "))).hasSize(count + BESIDES);
    }

    /**
     * The guest's first process. The lab's own init prepares the machine and then runs the agent, which would have nobody to
     * talk to here: this takes its place.
     */
    private static String script(String tests) {
        return """
            #!/bin/busybox sh
            [ "$0" = /agent ] || { /bin/busybox cp "$0" /agent; exec /init; }
            ks=/sys/kernel/security/killswitch
            control() { printf %%s "$1" | kwrite $ks/control > /dev/null; }
            fire() { printf %%s "$1" | kwrite /sys/kernel/debug/test_killswitch/fire; }
            want() { if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: $3"; fi; }

            dmesg | grep -o -E 'Indirect Branch Tracking.*|Using .*CFI'
            grep -o -w -m 1 ibt /proc/cpuinfo
            # what the kernel says of Bochs' processor is none of the module's business
            dmesg -c > /dev/null
            # nor is its log to get into the middle of our lines
            dmesg -n 1
            %s
            %s
            modprobe af_alg
            %s
            insmod /modules/test_killswitch.ko

            bpf_guard /sys/fs/bpf/guard args 1=1
            control 'engageif ks_test_vuln -13 /sys/fs/bpf/guard'
            want 'guard: a call that it picks' EACCES "$(fire 1)"
            want 'guard: a call that it does not pick' 'ok 1' "$(fire 2)"
            control 'disengage ks_test_vuln'

            event=/sys/kernel/tracing/events/killswitch/killswitch_hit/enable
            echo 1 > $event
            control 'engage ks_test_vuln -1'
            want 'trace event: the call' EPERM "$(fire 1)"
            echo 0 > $event
            control 'disengage ks_test_vuln'
            want 'trace event: its line' 1 "$(grep -c \\
                'killswitch_hit: symbol=ks_test_vuln retval=-1 uid=0 state=overridden$' /sys/kernel/tracing/trace)"

            # this one is called by a pointer
            for kind in fentry fexit kprobe; do
                control 'engage cmdline_proc_show -5'
                rm -f /tmp/attached
                bpf_attach $kind cmdline_proc_show > /tmp/attached 2>&1 &
                until grep -q -s . /tmp/attached; do sleep 0.1; done
                want "$kind: attached" attached "$(cat /tmp/attached)"
                want "$kind: engaged before" EIO "$(kread /proc/cmdline)"
                control 'disengage cmdline_proc_show'
                want "$kind: not engaged" 1 "$(grep -c rdinit= /proc/cmdline)"
                control 'engage cmdline_proc_show -5'
                want "$kind: engaged after" EIO "$(kread /proc/cmdline)"
                kill $!
                wait $!
                want "$kind: engaged, and it is gone" EIO "$(kread /proc/cmdline)"
                control 'disengage cmdline_proc_show'
            done

            dmesg | grep -E 'WARNING|BUG|Oops|cut here|Missing ENDBR|control protection|CFI failure' | sed 's/^/complaint: /'
            echo END
            """.formatted(TestGuest.LINK_PROGRAMS, TestGuest.INSMOD, SelftestsTest.script(5) + tests);
    }

    private static void requirePrograms() {
        List<String> missing = Stream.concat(
                        PROGRAMS.stream().filter(name -> Commands.find(name).isEmpty()),
                        FILES.stream().filter(name -> Files.notExists(Path.of(name))))
                .toList();
        assertThat(missing)
                .as("not on this machine; script/bootstrap installs it")
                .isEmpty();
    }

    /**
     * Boots a machine of Bochs that has a script for its first process; what its console says until it powers itself off.
     *
     * @param words for the kernel's command line
     */
    private String run(Kernel kernel, String words, String script) throws IOException {
        Path init = Files.writeString(folder.resolve("init"), script);
        assertThat(init.toFile().setExecutable(true)).isTrue();
        Path boot = Files.createDirectories(folder.resolve("iso/boot"));
        Files.copy(kernel.image(), boot.resolve("kernel"));
        Project.LAB.writeImage(kernel, TestGuest.spec(kernel).withFile("/ibt", init), boot.resolve("initramfs"));
        // a kernel that panics resets by a triple fault, which ends Bochs
        Files.writeString(
                Files.createDirectory(boot.resolve("grub")).resolve("grub.cfg"), """
                linux /boot/kernel console=ttyS0 rdinit=/ibt loglevel=4 panic=-1 reboot=triple tsc_early_khz=%d %s
                initrd /boot/initramfs
                boot
                """.formatted(KILOHERTZ, words));
        Commands.require("making a disk to boot from", folder, "grub-mkrescue", "-o", "boot.iso", "iso");
        Files.writeString(folder.resolve("bochsrc"), """
                cpu: model=tigerlake, ips=%d, reset_on_triple_fault=0
                memory: guest=1024, host=1024
                romimage: file=%s
                vgaromimage: file=%s
                ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
                ata0-master: type=cdrom, path=boot.iso, status=inserted
                boot: cdrom
                com1: enabled=1, mode=file, dev=console
                log: log
                panic: action=fatal
                error: action=ignore
                info: action=ignore
                debug: action=ignore
                display_library: term
                """.formatted(KILOHERTZ * 1000L, BIOS, VGA_BIOS));
        // Debian's Bochs has its debugger compiled in, which waits for a command: "continue"
        Files.writeString(folder.resolve("debugger"), "c\n");
        // it wants a terminal for its display
        Commands.Ended ended = Commands.run(
                folder,
                List.of(
                        "env",
                        "TERM=vt100",
                        "script",
                        "--quiet",
                        "--return",
                        "--command",
                        "exec timeout --foreground --signal=KILL " + LIMIT.toSeconds()
                                + " bochs -q -f bochsrc -rc debugger",
                        "/dev/null"));
        Path console = folder.resolve("console");
        assertThat(console).as(ended.output()).exists();
        return Files.readString(console, StandardCharsets.ISO_8859_1).replace("\r", "");
    }
}
