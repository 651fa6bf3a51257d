// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.killswitch.control.ControlException;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.control.trace.Hit;
import org.killswitch.control.trace.HitSource;
import org.killswitch.fleet.api.Callers;

/** Whatever is called how often by whom, what is counted is bounded, and so is what it costs. */
class FollowingTest {

    private static final SymbolName F = new SymbolName("f");

    private long now = Long.MAX_VALUE - 1; // it wraps
    private final Trace trace = new Trace();
    private final Following following = new Following(trace::open, () -> now);

    /** A trace that has what a test puts into it while it is open. */
    private static final class Trace implements HitSource {
        private final List<Hit> hits = new ArrayList<>();
        private long lost;
        private boolean isOpen;
        private int opened;
        private @Nullable String broken;

        HitSource open() throws ControlException {
            opened++;
            check();
            isOpen = true;
            return this;
        }

        private void check() throws ControlException {
            if (broken != null) {
                throw new ControlException(broken, null);
            }
        }

        @Override
        public News read() throws ControlException {
            check();
            News news = new News(hits, lost);
            hits.clear();
            lost = 0;
            return news;
        }

        @Override
        public void close() {
            isOpen = false;
            hits.clear();
        }

        void call(String symbol, String program, int count, Hit.Context context) {
            if (isOpen) {
                hits.addAll(Collections.nCopies(
                        count, new Hit(new SymbolName(symbol), new Retval(0), context, 1, 0, program, true)));
            }
        }

        void call(String program, int count) {
            call("f", program, count, Hit.Context.TASK);
        }
    }

    private void pass(long seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
        following.look(true);
    }

    private Callers callers() {
        return following.callers(Set.of("f")).orElseThrow();
    }

    private Callers.Programs f() {
        Callers.Programs f = callers().functions().get(F);
        assertThat(f).isNotNull();
        return f;
    }

    @Test
    void nothingIsFollowedUnlessItIsWanted() {
        following.look(false);
        assertThat(trace.opened).isZero();
        assertThat(following.callers(Set.of("f"))).isEmpty();
        following.look(true);
        assertThat(trace.isOpen).isTrue();
        assertThat(f()).as("nobody has called it").isEqualTo(new Callers.Programs(Map.of(), 0));
        trace.call("sshd", 3);
        pass(1);
        following.look(false);
        assertThat(trace.isOpen).isFalse();
        assertThat(f().calls()).as("is known afterwards").containsExactly(Map.entry("sshd", 3L));
        following.look(true);
        following.end();
        assertThat(trace.isOpen).isFalse();
        following.look(true);
        assertThat(trace.isOpen).isFalse();
    }

    @Test
    void interruptsAreNobodys() {
        following.look(true);
        trace.call("f", "sshd", 2, Hit.Context.SOFTIRQ);
        trace.call("f", "cron", 1, Hit.Context.SOFTIRQ);
        trace.call("f", "cron", 1, Hit.Context.TASK);
        pass(1);
        assertThat(f().calls()).isEqualTo(Map.of("(softirq)", 3L, "cron", 1L));
    }

    @Test
    void manyCallsAreSampled() {
        following.look(true);
        trace.call("sshd", 500);
        pass(1);
        assertThat(callers().sampled()).isFalse();
        assertThat(trace.isOpen).isTrue();
        trace.call("sshd", 1000);
        pass(2);
        assertThat(trace.isOpen).as("no more in each second").isTrue();
        trace.call("sshd", 501);
        pass(1);
        assertThat(trace.isOpen).isFalse();
        assertThat(callers()).isEqualTo(new Callers(Map.of(F, f()), true, ""));
        assertThat(f().calls()).isEqualTo(Map.of("sshd", 2001L));
    }

    @Test
    void whereCallsStayFastTheTraceIsAlmostNeverOn() {
        following.look(true);
        int on = 0;
        for (int second = 0; second < 3600; second++) {
            trace.call("f", "sshd", 1, Hit.Context.TASK);
            trace.lost = trace.isOpen ? 100_000 : 0;
            on += trace.isOpen ? 1 : 0;
            pass(1);
        }
        assertThat(on).isBetween(10, 20);
        // calm again: they are followed all the time, and the next burst costs a short pause again
        int opened = trace.opened;
        pass(300);
        for (int second = 0; second < 600; second++) {
            trace.call("cron", 1);
            pass(1);
        }
        assertThat(trace.opened).isEqualTo(opened + 1);
        trace.call("sshd", 5000);
        pass(1);
        assertThat(trace.isOpen).isFalse();
        pass(9);
        assertThat(trace.isOpen).isFalse();
        pass(1);
        assertThat(trace.isOpen).isTrue();
    }

    @Test
    void whatTheBufferHadNoRoomForIsSaid() {
        following.look(true);
        trace.call("sshd", 1);
        trace.lost = 1;
        pass(1);
        assertThat(callers().sampled()).isTrue();
        assertThat(trace.isOpen).isTrue();
        following.forget();
        assertThat(callers()).isEqualTo(new Callers(Map.of(F, new Callers.Programs(Map.of(), 0)), false, ""));
    }

    /** A process that takes another name for each call does not hide another one, and takes no memory. */
    @Test
    void namesAreBounded() {
        following.look(true);
        for (int round = 0; round < 100; round++) {
            int begin = round * 300;
            IntStream.range(begin, begin + 300).forEach(i -> trace.call("x" + i, 1));
            trace.call("sshd", 10);
            pass(1);
        }
        assertThat(f().calls()).hasSize(8).containsEntry("sshd", 1000L);
        assertThat(f().total()).isEqualTo(100 * 310);
        IntStream.range(0, 300).forEach(i -> trace.call("g" + i, "cron", 1, Hit.Context.TASK));
        pass(1);
        assertThat(callers().functions()).hasSize(16);
        assertThat(callers().sampled()).isTrue();
    }

    @Test
    void aHostThatCannotBeTracedSaysWhy() {
        trace.broken = "locked down";
        following.look(true);
        assertThat(callers()).isEqualTo(new Callers(Map.of(), false, "locked down"));
        pass(59);
        assertThat(trace.opened).as("it is not tried all the time").isEqualTo(1);
        trace.broken = null;
        pass(1);
        assertThat(callers().missing()).isEmpty();
        trace.call("sshd", 1);
        pass(1);
        trace.broken = "unloaded";
        pass(1);
        assertThat(trace.isOpen).isFalse();
        assertThat(callers().missing()).isEqualTo("unloaded");
        assertThat(f().calls()).containsKey("sshd");
        following.look(false);
        trace.broken = null;
        following.look(true);
        assertThat(trace.isOpen).as("it was wanted anew").isTrue();
    }
}
