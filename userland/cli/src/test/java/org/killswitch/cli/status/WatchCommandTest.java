// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.killswitch.cli.Errors;
import org.killswitch.cli.FakeHost;
import org.killswitch.control.ControlException;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.control.trace.Hit;
import org.killswitch.control.trace.HitSource;
import picocli.CommandLine;

class WatchCommandTest {

    @TempDir
    Path dir;

    FakeHost host;

    /** What each round finds. */
    private final Deque<HitSource.News> news = new ArrayDeque<>();

    private Set<SymbolName> followed = Set.of();
    private boolean closed;

    @BeforeEach
    void makeHost() throws IOException {
        host = new FakeHost(dir);
        host.file("/etc/passwd", "alice:x:1000:1000::/:/bin/sh\n");
    }

    private HitSource open(Set<SymbolName> symbols) {
        followed = symbols;
        return new HitSource() {
            @Override
            public News read() throws ControlException {
                if (news.isEmpty()) {
                    throw new ControlException("killswitch has been unloaded", null);
                }
                return news.removeFirst();
            }

            @Override
            public void close() {
                closed = true;
            }
        };
    }

    private int watch(String... arguments) {
        return Errors.reportTo(host.host(), new CommandLine(new WatchCommand(host.host(), this::open)))
                .execute(arguments);
    }

    private static Hit hit(String symbol, long uid) {
        return new Hit(new SymbolName(symbol), new Retval(-1), Hit.Context.TASK, 7, uid, "cat", false);
    }

    private void found(long lost, Hit... hits) {
        news.add(new HitSource.News(List.of(hits), lost));
    }

    @Test
    void showsALineForEachProcessAndFunction() {
        found(0, hit("f", 1000), hit("g", 1000), hit("f", 1000));
        found(0);
        found(0, hit("f", 0));
        host.rounds = 3;
        assertThat(watch()).isZero();
        assertThat(host.out.toString().lines().map(l -> l.replaceAll("\\s+", " ")))
                .hasSize(4)
                .satisfiesExactlyInAnyOrder(
                        l -> assertThat(l).startsWith("TIME SYMBOL PID"),
                        l -> assertThat(l).contains(" f 7 cat alice overridden 2 "),
                        l -> assertThat(l).contains(" g 7 cat alice overridden 1 "),
                        l -> assertThat(l).contains(" f 7 cat uid 0 overridden 1 "));
        assertThat(closed).isTrue();
    }

    @Test
    void followsWhatIsNamed() {
        host.rounds = 0;
        assertThat(watch("f,g", "m:h")).isZero();
        assertThat(followed).containsExactlyInAnyOrder(new SymbolName("f"), new SymbolName("g"), new SymbolName("m:h"));
    }

    @Test
    void saysHowManyWereLost() {
        found(4711, hit("f", 1000));
        host.rounds = 1;
        assertThat(watch("--json")).isZero();
        assertThat(host.out.toString().lines())
                .hasSize(2)
                .allMatch(l -> l.startsWith("{\"version\":1,\"time\":"))
                .anyMatch(l -> l.contains("\"symbol\":\"f\""))
                .anyMatch(l -> l.contains("4711"));
    }

    @Test
    void aModuleThatIsUnloadedIsAnError() {
        host.rounds = 1;
        assertThat(watch()).isEqualTo(1);
        assertThat(host.err.toString()).contains("killswitch has been unloaded").hasLineCount(1);
        assertThat(closed).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"--interval 0, 1 second or more", "-i -1, 1 second or more", "a-b, a-b", "f;g, function", "-x, -x"})
    void wrongUsageIsOneLine(String arguments, String complaint) {
        assertThat(watch(arguments.split(" ", -1))).isEqualTo(2);
        assertThat(host.err.toString()).contains(complaint).hasLineCount(1);
        assertThat(closed).isFalse();
    }
}
