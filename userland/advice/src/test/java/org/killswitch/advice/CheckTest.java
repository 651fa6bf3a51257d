// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What is found about functions of stock kernels, each of which misbehaved, or did not, when it was engaged. */
class CheckTest {

    private static final Kernel V6_12 = Excerpt.named("6.12-amd64.txt").kernel();
    private static final Kernel V6_12_ARM64 = Excerpt.named("6.12-arm64.txt").kernel();
    private static final Kernel V7_3 = Excerpt.named("7.3-amd64.txt").kernel();
    private static final Kernel V6_1 = Excerpt.named("6.1-amd64.txt").kernel();

    private static final Kernel V6_1_CALLERS = Excerpt.named("6.1-callers.txt").kernel();
    private static final Kernel V5_10 = Excerpt.named("5.10-amd64.txt").kernel();

    private static Report check(Kernel kernel, String symbol, long retval) throws IOException {
        return Check.of(kernel, symbol, OptionalLong.of(retval));
    }

    private static Finding worst(Report report, Finding.Id id) {
        return report.of(id).stream()
                .max((a, b) -> a.level().compareTo(b.level()))
                .orElseThrow(() -> new AssertionError("no finding " + id + " in " + report));
    }

    @Test
    void aFunctionThatReturnsTheValueItselfToCallersThatTestItIsGood() throws IOException {
        for (Kernel kernel : List.of(V6_1, V6_12, V6_12_ARM64)) {
            Report report = check(kernel, "vfs_mkdir", -1);
            assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.GOOD);
            assertThat(worst(report, Finding.Id.OWN_ERRORS).evidence())
                    .anyMatch(e -> e.startsWith("returns -EPERM, set at +0x"))
                    .anyMatch(e -> e.startsWith("returns what security_inode_mkdir at +0x"));
            assertThat(report.of(Finding.Id.OWES)).isEmpty();
        }
    }

    @Test
    void offsetsAreThoseOfTheKernel() throws IOException {
        Report report = check(V6_12, "vfs_mkdir", -1);

        assertThat(worst(report, Finding.Id.CALLERS).evidence())
                .containsExactly(
                        "do_mkdirat+0x146: tested, returned",
                        "devtmpfs_work_loop+0x258: tested",
                        "ksmbd:ksmbd_vfs_mkdir+0xa1: tested, returned");
        assertThat(worst(report, Finding.Id.OWN_ERRORS).evidence()).contains("returns -EPERM, set at +0x22f");
    }

    @Test
    void aFunctionThatUnlocksForItsCallerOnFailureIsDangerous() throws IOException {
        Report report = check(V7_3, "vfs_mkdir", -1);

        assertThat(report.verdict()).isEqualTo(Verdict.DANGEROUS);
        Finding owes = worst(report, Finding.Id.OWES);
        assertThat(owes.level()).isEqualTo(Level.DANGER);
        assertThat(owes.evidence())
                .containsExactly(
                        "up_write of *(*(argument 3 + 0x18) + 0x30) + 0x98 at +0x15e", "dput of argument 3 at +0x166");
    }

    @Test
    void successWithoutTheWorkIsDangerous() throws IOException {
        Report report = check(V6_12, "vfs_mkdir", 1);

        assertThat(report.verdict()).isEqualTo(Verdict.DANGEROUS);
        assertThat(worst(report, Finding.Id.OWN_ERRORS).level()).isEqualTo(Level.DANGER);
        assertThat(worst(report, Finding.Id.VALUE).level()).isEqualTo(Level.WARNING);
    }

    @Test
    void callersThatGoPastTheFunctionIntoACopyAreNamed() throws IOException {
        assertThat(worst(check(V6_12, "vfs_statfs", -1), Finding.Id.FOUND))
                .matches(f -> f.level() == Level.DANGER)
                .matches(f -> f.text().contains("vfs_statfs.part.0.isra.0"))
                .matches(f -> f.evidence().equals(List.of("user_statfs+0x75", "fd_statfs+0x52")));
        assertThat(worst(check(V6_12, "tty_init_dev", -1), Finding.Id.FOUND).level())
                .isEqualTo(Level.DANGER);
        assertThat(worst(check(V6_12, "vfs_kern_mount", -1), Finding.Id.FOUND).level())
                .isEqualTo(Level.DANGER);
    }

    @Test
    void anErrnoFromABoolThatPermitsIsNever() throws IOException {
        Report report = check(V6_12, "ptrace_may_access", -1);

        assertThat(report.verdict()).isEqualTo(Verdict.NEVER);
        assertThat(worst(report, Finding.Id.VALUE).text()).isEqualTo("-EPERM from a bool is true");
        assertThat(worst(report, Finding.Id.PERMISSION).level()).isEqualTo(Level.NEVER);
        assertThat(worst(check(V6_12, "ptrace_may_access", 0), Finding.Id.PERMISSION)
                        .level())
                .isEqualTo(Level.OK);
    }

    @Test
    void aHookThatSaysYesIsNeverAndOneThatSaysNoIsNot() throws IOException {
        assertThat(check(V6_12, "security_file_open", 0).verdict()).isEqualTo(Verdict.NEVER);
        assertThat(worst(check(V6_12, "security_file_open", -1), Finding.Id.PERMISSION)
                        .level())
                .isEqualTo(Level.OK);
    }

    @Test
    void aFunctionWithoutAResultCannotTellItsCallers() throws IOException {
        Report report = check(V6_12, "nfnetlink_rcv", 0);

        assertThat(worst(report, Finding.Id.VALUE).level()).isEqualTo(Level.WARNING);
        assertThat(worst(report, Finding.Id.POINTERS).evidence())
                .containsExactly("its address is taken at nfnetlink:nfnetlink_net_init+0x70");
        assertThat(report.verdict()).isEqualTo(Verdict.REHEARSE);
    }

    @Test
    void aNumberThatCallersComputeWithIsDangerous() throws IOException {
        for (Kernel kernel : List.of(V6_12, V6_12_ARM64)) {
            Report report = check(kernel, "af_alg_count_tsgl", 0);
            assertThat(worst(report, Finding.Id.CALLERS).level()).isEqualTo(Level.DANGER);
            assertThat(worst(report, Finding.Id.CONTRACT).level()).isEqualTo(Level.DANGER);
        }
    }

    @Test
    void anErrorFromAFunctionThatNeverFailsIsDangerous() throws IOException {
        for (Kernel kernel : List.of(V6_12, V6_12_ARM64)) {
            Report report = check(kernel, "unix_seq_show", -1);
            assertThat(worst(report, Finding.Id.OWN_ERRORS))
                    .matches(f -> f.level() == Level.DANGER)
                    .matches(f -> f.text().startsWith("the body never fails"));
            assertThat(worst(report, Finding.Id.POINTERS).evidence()).containsExactly("unix_seq_ops+0x18");
        }
    }

    @Test
    void pointersAreMissingWhereSymbolsAreFunctionsOnly() throws IOException {
        Kernel kernel = Excerpt.named("6.12-amd64.txt").withoutData().kernel();
        Report report = check(kernel, "unix_seq_show", -1);
        assertThat(report.of(Finding.Id.POINTERS)).isEmpty();
        assertThat(report.missing()).containsOnlyKeys(Finding.Id.POINTERS);
        assertThat(check(V6_12, "unix_seq_show", -1).missing()).isEmpty();

        assertThat(worst(check(kernel, "nfnetlink_rcv", 0), Finding.Id.POINTERS).evidence())
                .containsExactly("its address is taken at nfnetlink:nfnetlink_net_init+0x70");
        assertThat(check(kernel, "af_alg_sendmsg", -1).verdict()).isEqualTo(Verdict.REHEARSE);
    }

    @Test
    void theFunctionOfTheReadmeIsGood() throws IOException {
        assertThat(check(V6_12, "af_alg_sendmsg", -1).verdict()).isEqualTo(Verdict.GOOD);
        assertThat(check(V6_12, "af_alg:af_alg_sendmsg", -22).verdict()).isEqualTo(Verdict.GOOD);
    }

    @Test
    void whatIsNotThereIsDangerous() throws IOException {
        assertThat(check(V6_12, "no_such_function", -1).verdict()).isEqualTo(Verdict.DANGEROUS);
        assertThat(check(V6_12, "vfs_statfs.part.0", -1).findings().getFirst().text())
                .contains("engage vfs_statfs.part.0.isra.0");
    }

    @Test
    void withoutADisassemblerWhatIsMissingIsNamed() throws IOException {
        Kernel kernel = Excerpt.named("6.12-amd64.txt").kernel(Optional.empty());

        Report report = check(kernel, "vfs_mkdir", -1);

        assertThat(report.missing())
                .containsOnlyKeys(Finding.Id.OWN_ERRORS, Finding.Id.CALLERS, Finding.Id.OUTPUTS, Finding.Id.OWES)
                .containsValue("there is no disassembler");
        assertThat(report.verdict()).isEqualTo(Verdict.REHEARSE);
        assertThat(check(kernel, "security_file_open", 0).verdict()).isEqualTo(Verdict.NEVER);
    }

    @Test
    void withoutAValueTheBodysOwnAreShown() throws IOException {
        Report report = Check.of(V6_12, "vfs_mkdir", OptionalLong.empty());

        assertThat(worst(report, Finding.Id.OWN_ERRORS).text()).contains("-EPERM", "-ENOENT", "-EMLINK");
    }

    @Test
    void aCallerThatFollowsNullIsFoundThoughItTestsForItElsewhere() throws IOException {
        Report report = check(V6_1_CALLERS, "alloc_pid", 0);

        assertThat(report.verdict()).isEqualTo(Verdict.DANGEROUS);
        Finding callers = worst(report, Finding.Id.CALLERS);
        assertThat(callers.text()).endsWith("read or write what the result points to, also if that is 0");
        assertThat(callers.evidence())
                .singleElement()
                .asString()
                .startsWith("copy_process+0xf61, there at copy_process+0x");
        assertThat(check(V6_1_CALLERS, "alloc_pid", -12).verdict()).isEqualTo(Verdict.GOOD);
    }

    @Test
    void theSmallerOfTwoIsNoTest() throws IOException {
        Report report = check(V6_1_CALLERS, "skb_zerocopy_headlen", 0);

        assertThat(report.verdict()).isEqualTo(Verdict.DANGEROUS);
        assertThat(worst(report, Finding.Id.CALLERS).evidence())
                .containsExactly("openvswitch:queue_userspace_packet+0x407: computed, passed");
    }

    @Test
    void theNopOfOlderKernelsIsASiteOfFtrace() throws IOException {
        assertThat(worst(check(V5_10, "vfs_mkdir", -1), Finding.Id.FOUND).level())
                .isEqualTo(Level.OK);
    }

    @Test
    void aCountIsBelievedAlsoWhereItsTypeIsNotKnown() throws IOException {
        Report report = check(V5_10, "af_alg:af_alg_count_tsgl", 0);

        assertThat(report.missing()).containsKey(Finding.Id.VALUE);
        assertThat(worst(report, Finding.Id.CONTRACT).level()).isEqualTo(Level.DANGER);
    }

    @Test
    void everyFunctionGetsAVerdict() throws IOException {
        for (Kernel kernel : List.of(V6_12, V6_12_ARM64)) {
            for (int f = 0; f < kernel.functions().count(); f++) {
                String name = kernel.functions().symbol(f).qualified();
                for (OptionalLong value : List.of(OptionalLong.of(-1), OptionalLong.of(0), OptionalLong.empty())) {
                    assertThat(Check.of(kernel, name, value).findings())
                            .as(name)
                            .isNotEmpty();
                }
            }
        }
    }
}
