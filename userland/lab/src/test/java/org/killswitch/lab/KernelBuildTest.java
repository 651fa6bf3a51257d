package org.killswitch.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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
    void whatIsBuiltIsFoundByNameAndIsNoStockKernel() {
        assertThat(KernelRelease.named("6.12-errinj").isStock()).isFalse();
        assertThat(KernelRelease.STOCK).allMatch(KernelRelease::isStock);
    }
}
