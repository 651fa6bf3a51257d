// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.killswitch.host.SystemFiles;

/** What names alone tell; what types tell is seen in a guest. */
class QuickCheckTest {

    private static final String SYMBOLS = """
            ffffffff81000000 T _stext
            ffffffff81100000 T __sched_text_start
            ffffffff81100100 T an_ordinary_name
            ffffffff81200000 T __sched_text_end
            ffffffff81300000 T tty_init_dev
            ffffffff81300100 t tty_init_dev.part.0
            ffffffff81300200 t tty_init_dev.cold
            ffffffff81400000 t tcp_add_reno_sack.isra.0
            ffffffff81500000 T bpf_lsm_file_open
            ffffffff81500100 T security_file_open
            ffffffff81500200 T rcu_core
            ffffffff81500300 T sock_put
            ffffffffc0000000 t rcu_core	[m]
            """;

    @TempDir
    Path root;

    private List<Finding> objections(String symbols, Optional<String> module, String function, long value)
            throws IOException {
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(root.resolve("proc/kallsyms"), symbols);
        return new QuickCheck(new SystemFiles(root), Set.of(function), module.isPresent())
                .objections(module, function, value);
    }

    private List<Finding> objections(String function, long value) throws IOException {
        return objections(SYMBOLS, Optional.empty(), function, value);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sectionsAreToldWithAndWithoutAddresses(boolean hidden) throws IOException {
        String symbols = hidden ? SYMBOLS.replaceAll("(?m)^[0-9a-f]{16}", "0".repeat(16)) : SYMBOLS;
        assertThat(objections(symbols, Optional.empty(), "an_ordinary_name", -1))
                .singleElement()
                .satisfies(f -> assertThat(f.level()).isEqualTo(Level.NEVER))
                .satisfies(f -> assertThat(f.text()).contains("the scheduler"));
        assertThat(objections(symbols, Optional.empty(), "_stext", -1)).isEmpty();
    }

    @Test
    void aCopyBesideTheFunctionIsAWarningAndInItsPlaceADanger() throws IOException {
        assertThat(objections("tty_init_dev", -1))
                .singleElement()
                .satisfies(f -> assertThat(f.level()).isEqualTo(Level.WARNING))
                .satisfies(f ->
                        assertThat(f.text()).contains("tty_init_dev.part.0").doesNotContain("cold"));
        assertThat(objections("tcp_add_reno_sack", -1))
                .singleElement()
                .satisfies(f -> assertThat(f.level()).isEqualTo(Level.DANGER))
                .satisfies(f -> assertThat(f.text()).contains("tcp_add_reno_sack.isra.0"));
        assertThat(objections("tcp_add_reno_sack.isra.0", -1)).isEmpty();
    }

    @Test
    void aSecurityHookMustNotSayYes() throws IOException {
        assertThat(objections("security_file_open", 0)).anyMatch(f -> f.level() == Level.NEVER);
        assertThat(objections("security_file_open", -1)).isEmpty();
    }

    @Test
    void whatTheNameSaysCountsForTheKernelAndNotForModules() throws IOException {
        assertThat(objections(SYMBOLS.replaceAll("(?m)^.*\\[m]$", ""), Optional.empty(), "rcu_core", -1))
                .anyMatch(f -> f.level() == Level.NEVER);
        assertThat(objections(SYMBOLS, Optional.of("m"), "rcu_core", -1)).isEmpty();
    }

    /** Without its type and its body nobody knows whether it can fail; a warning is all that can be said. */
    @Test
    void aReleaseOfUnknownTypeIsAWarningForAnErrorAndADangerForSuccess() throws IOException {
        assertThat(objections("sock_put", -1))
                .singleElement()
                .satisfies(f -> assertThat(f.level()).isEqualTo(Level.WARNING));
        assertThat(objections("sock_put", 0)).anyMatch(f -> f.level() == Level.DANGER);
    }

    @Test
    void whatTheKernelDoesNotHaveOrHasTwiceHasNothingAgainstIt() throws IOException {
        assertThat(objections("no_such_function", 0)).isEmpty();
        String twice = "ffffffff81500380 T sock_put\n" + SYMBOLS;
        assertThat(objections(twice, Optional.empty(), "sock_put", 0)).isEmpty();
        assertThat(objections("", Optional.empty(), "rcu_core", 0)).isEmpty();
    }
}
