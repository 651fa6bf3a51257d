// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is advised about functions of stock kernels. */
class AdviseTest {

    private static final Kernel V6_12 = Excerpt.named("6.12-amd64.txt").kernel();
    private static final Kernel V7_3 = Excerpt.named("7.3-amd64.txt").kernel();

    private static final Kernel NFT = Excerpt.named("6.12-nft.txt").kernel();

    private static List<String> names(Choice choice) {
        return choice.functions().stream().map(Candidate::symbol).toList();
    }

    @Test
    void aFunctionThatCanRefuseComesFirstWithAnErrnoOfItsOwn() throws IOException {
        Advice advice = Advise.of(V6_12, List.of("vfs_mkdir"));

        Choice first = advice.choices().getFirst();
        assertThat(names(first)).containsExactly("vfs_mkdir");
        assertThat(first.verdict()).isEqualTo(Verdict.GOOD);
        assertThat(first.functions().getFirst().shownValue()).isEqualTo("-EPERM");
        assertThat(first.closed()).containsExactly("vfs_mkdir");
        assertThat(first.open()).isEmpty();
    }

    @Test
    void aFunctionThatOwesItsCallersSomethingIsRejectedWithTheReason() throws IOException {
        Advice advice = Advise.of(V7_3, List.of("vfs_mkdir"));

        assertThat(advice.rejected().stream().map(AdviseTest::names)).contains(List.of("vfs_mkdir"));
        assertThat(advice.choices().stream().map(AdviseTest::names)).doesNotContain(List.of("vfs_mkdir"));
    }

    @Test
    void aFunctionAndItsCopyAreEngagedTogether() throws IOException {
        Advice advice = Advise.of(V6_12, List.of("vfs_statfs"));

        assertThat(advice.targets()).containsExactlyInAnyOrder("vfs_statfs", "vfs_statfs.part.0.isra.0");
        assertThat(advice.choices()).noneMatch(c -> names(c).equals(List.of("vfs_statfs")));
    }

    @Test
    void severalFunctionsThatEachCloseAWayAreOneChoice() throws IOException {
        Advice advice = Advise.of(V6_12, List.of("af_alg_sendmsg"));

        assertThat(names(advice.choices().getFirst())).containsExactly("af_alg:af_alg_sendmsg");
        assertThat(advice.choices())
                .allSatisfy(c -> assertThat(c.functions()).hasSizeLessThanOrEqualTo(4))
                .anySatisfy(c ->
                        assertThat(names(c)).contains("algif_aead:aead_sendmsg", "algif_skcipher:skcipher_sendmsg"));
    }

    @Test
    void aFunctionThatNeverFailsIsNotToldToFail() throws IOException {
        Advice advice = Advise.of(V6_12, List.of("unix_seq_show"));

        assertThat(advice.choices())
                .flatExtracting(Choice::functions)
                .allSatisfy(c -> assertThat(c.shownValue()).isEqualTo("0"));
        assertThat(advice.choices()).allSatisfy(c -> assertThat(c.verdict()).isEqualTo(Verdict.REHEARSE));
    }

    @Test
    void aFunctionThatGivesBackIsNeverAdvised() throws IOException {
        Advice advice = Advise.of(V6_12, List.of("put_fs_context"));

        assertThat(advice.choices()).noneMatch(c -> names(c).contains("put_fs_context"));
        assertThat(advice.rejected())
                .filteredOn(c -> names(c).equals(List.of("put_fs_context")))
                .singleElement()
                .satisfies(c -> assertThat(c.verdict()).isEqualTo(Verdict.NEVER));
    }

    @Test
    void aFunctionThatIsNotHereIsLookedForInItsCallers() throws IOException {
        Advice advice = Advise.of(
                V6_12,
                List.of("inlined_helper", "gone"),
                f -> f.equals("gone") ? List.of("gone_too") : List.of("vfs_mkdir"));

        assertThat(advice.inlined()).containsOnlyKeys("inlined_helper");
        assertThat(advice.inlined().get("inlined_helper")).containsExactly("vfs_mkdir");
        assertThat(advice.absent()).containsOnlyKeys("gone");
        assertThat(names(advice.choices().getFirst())).containsExactly("vfs_mkdir");
    }

    @Test
    void aDecisionIsNeverAdvisedToSayYes() throws IOException {
        Advice advice = Advise.of(V6_12, List.of("ptrace_may_access"));

        assertThat(advice.choices())
                .flatExtracting(Choice::functions)
                .filteredOn(c -> c.symbol().equals("ptrace_may_access"))
                .allSatisfy(c -> assertThat(c.value()).hasValue(0));
    }

    @Test
    void anOperationOfTheSameTableAndRequestsOfTheModuleComeBefore() throws IOException {
        Advice advice = Advise.of(NFT, List.of("nft_payload_eval"));

        List<Choice> before = advice.choices().stream()
                .filter(c -> c.kind() == Choice.Kind.PREVENTS)
                .toList();
        assertThat(names(before.getFirst())).containsExactly("nf_tables:nft_payload_init");
        assertThat(before.stream().map(AdviseTest::names))
                .contains(List.of("nf_tables:nf_tables_newrule"))
                .doesNotContain(List.of("nf_tables:nf_tables_deltable"));
        assertThat(before).allSatisfy(c -> assertThat(c.verdict()).isEqualTo(Verdict.REHEARSE));
    }

    @Test
    void aRoundaboutWayComesAfterAllOthers() throws IOException {
        List<Choice> choices = Advise.of(V6_12, List.of("af_alg_sendmsg")).choices();

        List<Integer> sizes = choices.stream()
                .filter(c -> c.kind() == Choice.Kind.CLOSES)
                .map(c -> c.functions().size())
                .toList();
        assertThat(sizes).isSorted().contains(1).anyMatch(s -> s > 1);
    }

    @Test
    void aFunctionThatIsNotHereIsLookedForInTheOneAroundIt() throws IOException {
        assertThat(Advise.of(V6_12, List.of("__vfs_mkdir")).inlined())
                .containsEntry("__vfs_mkdir", List.of("vfs_mkdir"));
    }
}
