// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Progress;

class YesOptionTest {

    private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();

    private Progress asking(String answer) {
        return new YesOption.Asking(
                Progress.none(),
                new BufferedReader(new StringReader(answer)),
                new PrintStream(terminal, true, StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"y\n", "Yes\n", " y \n"})
    void goesOnWhenConfirmed(String answer) {
        asking(answer).confirm("downloads 1 GB");
        assertThat(terminal.toString(StandardCharsets.UTF_8)).isEqualTo("This downloads 1 GB. Go on? [y/N] ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "n\n", "yesterday\n"})
    void endsOtherwise(String answer) {
        Progress asking = asking(answer);
        assertThatThrownBy(() -> asking.confirm("downloads 1 GB"))
                .isInstanceOf(LabException.class)
                .hasMessage("not confirmed: this downloads 1 GB; add --yes to skip the question");
    }

    @Test
    void doesNotAskWhereNobodyCanAnswer() {
        Progress progress = Progress.none();
        assertThat(new YesOption().asking(progress)).isSameAs(progress);
    }
}
