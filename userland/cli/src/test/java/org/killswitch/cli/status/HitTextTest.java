// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.control.trace.Hit;
import org.killswitch.control.trace.HitSummary;

class HitTextTest {

    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00.9Z");

    @TempDir
    Path dir;

    HitText text;

    @BeforeEach
    void makeText() throws IOException {
        Path passwd = Files.writeString(dir.resolve("passwd"), "alice:x:1000:1000::/:/bin/sh\n");
        text = new HitText(new Users(passwd), ZoneOffset.ofHours(2));
    }

    private static HitSummary.Row row(Hit.Context context, long uid, boolean observed) {
        return new HitSummary.Row(
                new Hit(new SymbolName("f"), new Retval(observed ? 0 : -1), context, 7, uid, "a\nb", observed), 3);
    }

    @Test
    void marksWhatIsObserved() {
        assertThat(HitText.HEAD).matches("TIME +SYMBOL +PID  COMMAND +USER +STATE +HITS +HITS/S");
        assertThat(text.line(row(Hit.Context.TASK, 1000, true), 2, NOW))
                .matches("2026-05-01 14:00:00\\+02:00  f +7  a\\\\x0ab +alice +observed +3 +1\\.5");
        assertThat(text.line(row(Hit.Context.TASK, 5, false), 2, NOW)).containsPattern("uid 5 +overridden +3");
        assertThat(text.line(row(Hit.Context.HARDIRQ, 5, false), 2, NOW)).containsPattern("f +-  \\(hardirq\\) +- +ov");
    }

    @Test
    void saysItInJson() {
        assertThat(text.json(row(Hit.Context.TASK, 1000, true), 2, NOW))
                .isEqualTo("{\"version\":1,\"time\":\"2026-05-01T12:00:00Z\",\"symbol\":\"f\",\"retval\":null,"
                        + "\"context\":\"task\",\"pid\":7,\"comm\":\"a\\nb\",\"uid\":1000,\"user\":\"alice\",\"hits\":3,"
                        + "\"hits_per_second\":1.5,\"state\":\"observed\"}");
        assertThat(text.json(row(Hit.Context.SOFTIRQ, 1000, false), 2, NOW))
                .contains("\"retval\":-1", "\"state\":\"overridden\"")
                .doesNotContain("pid", "alice");
    }
}
