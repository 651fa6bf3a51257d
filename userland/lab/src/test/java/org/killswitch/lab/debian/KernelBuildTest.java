// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.debian;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.killswitch.lab.KernelRelease;

class KernelBuildTest {

    @Test
    void whatDidNotTakeEffectIsFound() {
        String wanted = """
                # a comment
                CONFIG_A=y
                CONFIG_B=m

                CONFIG_C="text"
                CONFIG_D=8
                """;
        assertThat(KernelBuild.missing(wanted, "CONFIG_A=y\nCONFIG_B=m\nCONFIG_C=\"text\"\nCONFIG_D=8\n"))
                .isEmpty();
        assertThat(KernelBuild.missing(wanted, "CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=\"texts\"\nCONFIG_D=80\n"))
                .containsExactly("CONFIG_B=m", "CONFIG_C=\"text\"", "CONFIG_D=8");
    }

    @Test
    void whatIsToBeOffIsFoundToBeOn() {
        String wanted = "# CONFIG_A is not set\n# CONFIG_B is not set\n# CONFIG_C is not set\n";
        assertThat(KernelBuild.missing(wanted, "# CONFIG_A is not set\nCONFIG_BB=y\nCONFIG_C=m\n"))
                .containsExactly("# CONFIG_C is not set");
    }

    @Test
    void aSlipIsNoComment() {
        assertThat(KernelBuild.missing(" CONFIG_A=y\nCONFG_B=y\n", "CONFIG_A=y\nCONFIG_B=y\n"))
                .containsExactly(" CONFIG_A=y", "CONFG_B=y");
    }

    @Test
    void ofAnOptionTheLastPartThatNamesItDecides() {
        List<String> lines = new ArrayList<>();
        KernelBuild.add(lines, "# a comment\nCONFIG_A=y\nCONFIG_AB=y\n# CONFIG_C is not set\nCONFIG_D=m\n");
        KernelBuild.add(lines, "# CONFIG_A is not set\nCONFIG_C=y\nCONFIG_D=y\n");
        assertThat(lines)
                .containsExactly("# a comment", "CONFIG_AB=y", "# CONFIG_A is not set", "CONFIG_C=y", "CONFIG_D=y");
    }

    @Test
    void noKernelAsksForAnOptionTwice() {
        for (KernelRelease release : KernelRelease.BUILT) {
            assertThat(release.origin())
                    .isInstanceOfSatisfying(
                            KernelRelease.Built.class,
                            recipe -> assertThat(KernelBuild.configuration(recipe)
                                            .lines()
                                            .filter(line -> line.startsWith("CONFIG_")))
                                    .extracting(line -> line.replaceFirst("=.*", ""))
                                    .doesNotHaveDuplicates()
                                    .isNotEmpty());
        }
    }

    @Test
    void whatIsBuiltIsFoundByNameAndIsNoStockKernel() {
        assertThat(KernelRelease.named("6.12-errinj").isStock()).isFalse();
        assertThat(KernelRelease.STOCK).allMatch(KernelRelease::isStock);
    }
}
