// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ProgressTest {

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    private String log() {
        return log.toString(StandardCharsets.UTF_8);
    }

    private PrintStream stream() {
        return new PrintStream(log, true, StandardCharsets.UTF_8);
    }

    @Test
    void aLogHasALineForALongStep() throws InterruptedException {
        Progress progress = Progress.ofLongSteps(stream(), Duration.ofMillis(1));
        progress.step("building");
        for (int i = 0; i < 1000 && log().isEmpty(); i++) {
            Thread.sleep(10);
        }
        progress.done();
        assertThat(log()).isEqualTo("lab: building ...\n");
    }

    @Test
    void aLogHasNothingOfAShortStep() throws InterruptedException {
        Progress progress = Progress.ofLongSteps(stream(), Duration.ofMillis(500));
        progress.step("looking up");
        progress.step("booting");
        progress.done();
        Thread.sleep(1000);
        assertThat(log()).isEmpty();
    }

    @Test
    void aTerminalHasOneLine() {
        Progress progress = Progress.on(stream());
        progress.step("building");
        progress.done();
        assertThat(log()).isEqualTo("\r\033[Kbuilding ...\r\033[K");
    }
}
