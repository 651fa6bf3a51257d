// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.advice.Finding;
import org.killswitch.advice.Level;
import org.killswitch.bpf.BpfException;
import org.killswitch.cli.FakeHost;
import org.killswitch.control.ControlException;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.control.trace.Hit;
import org.killswitch.control.trace.HitSource;

/** What {@code killswitch check --observe} finds. */
class ObservationTest {

    private static final SymbolName F = new SymbolName("f");

    @TempDir
    Path dir;

    FakeHost host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new FakeHost(dir);
        host.loaded();
        host.recordsCommands();
    }

    private static Hit hit(Hit.Context context) {
        return new Hit(F, new Retval(0), context, 7, 1000, "cat", true);
    }

    private static HitSource source(HitSource.News news) {
        return new HitSource() {
            @Override
            public News read() {
                return news;
            }

            @Override
            public void close() {
                // There is nothing to close.
            }
        };
    }

    private static Finding finding(long count, Hit... hits) {
        return new Observation(Duration.ofSeconds(10), count, List.of(hits), 0).finding();
    }

    @Test
    void observesForATimeAndReleases() throws IOException, ControlException, BpfException {
        host.rounds = 2;
        host.between = () -> host.observed("f", 9);
        HitSource.News news = new HitSource.News(List.of(hit(Hit.Context.TASK), hit(Hit.Context.TASK)), 1);

        Observation observation =
                Observation.of(host.host(), symbols -> source(news), F, Optional.empty(), Duration.ofSeconds(2));

        assertThat(host.commands()).isEqualTo("observe fdisengage f");
        assertThat(observation.count()).isEqualTo(9);
        assertThat(observation.finding().evidence())
                .containsExactly(
                        "4 by cat (pid 7, uid 1000)", "of 2 calls, which came too fast, nothing more is known");
    }

    @Test
    void releasesAlsoIfItFails() throws IOException {
        host.rounds = 1;
        HitSource broken = new HitSource() {
            @Override
            public News read() throws ControlException {
                throw new ControlException("no trace", null);
            }

            @Override
            public void close() {
                // There is nothing to close.
            }
        };

        assertThatThrownBy(() ->
                        Observation.of(host.host(), symbols -> broken, F, Optional.empty(), Duration.ofSeconds(1)))
                .hasMessage("no trace");
        assertThat(host.commands()).isEqualTo("observe fdisengage f");
    }

    @Test
    void observesNothingIfThereIsNoTrace() throws IOException {
        assertThatThrownBy(() -> Observation.of(
                        host.host(),
                        symbols -> {
                            throw new ControlException("no tracefs", null);
                        },
                        F,
                        Optional.empty(),
                        Duration.ofSeconds(1)))
                .hasMessage("no tracefs");
        assertThat(host.commands()).isEmpty();
    }

    @Test
    void theRateDecides() {
        assertThat(finding(0).text()).isEqualTo("not called in 10 s; that proves nothing about later");
        assertThat(finding(10_000, hit(Hit.Context.TASK)).level()).isEqualTo(Level.NOTE);
        assertThat(finding(10_010).level()).isEqualTo(Level.WARNING);
        assertThat(finding(100_000).level()).isEqualTo(Level.WARNING);
        assertThat(finding(100_010).level()).isEqualTo(Level.DANGER);
        assertThat(finding(100_010).text()).startsWith("called 100010 times in 10 s, 10001 a second");
    }

    @Test
    void callsInInterruptsAreAWarning() {
        Finding finding = finding(2, hit(Hit.Context.TASK), hit(Hit.Context.SOFTIRQ));

        assertThat(finding.level()).isEqualTo(Level.WARNING);
        assertThat(finding.text()).endsWith(", also in interrupts");
        assertThat(finding.evidence()).containsExactlyInAnyOrder("1 by cat (pid 7, uid 1000)", "1 in softirq");
    }

    @Test
    void ofManyTasksTheFirstAreNamed() {
        Hit[] ofMany = new Hit[12];
        for (int i = 0; i < ofMany.length; i++) {
            ofMany[i] = new Hit(F, new Retval(0), Hit.Context.TASK, i, 0, "cat", true);
        }

        assertThat(finding(12, ofMany).evidence()).hasSize(11).last().isEqualTo("and 2 more");
    }
}
