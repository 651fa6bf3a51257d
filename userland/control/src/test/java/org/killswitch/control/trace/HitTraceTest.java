// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.killswitch.posix.Errno;
import org.killswitch.posix.ErrnoException;

class HitTraceTest {

    @ParameterizedTest
    @CsvSource({"1, 4096", "16, 4096", "64, 1024", "256, 256", "1024, 64", "8192, 64"})
    void theBuffersOfAllCpusTakeNoMoreThan64MegabytesUpTo1024Cpus(int cpus, int each) {
        assertThat(HitTrace.bufferKb(cpus, HitTrace.Size.LARGE)).isEqualTo(each);
        assertThat(HitTrace.bufferKb(cpus, HitTrace.Size.SMALL)).isEqualTo(64);
    }

    @ParameterizedTest
    @CsvSource({
        "killswitch-watch-4026531836-12,   true",
        "killswitch-watch-4026531836-34,   false", // it runs
        "killswitch-watch-4026532999-12,   false", // of a container
        "killswitch-watch-40265318361-12,  false",
        "killswitch-watch-12,              false", // of an older version
        "other,                            false",
    })
    void onlyWhatAKilledProcessOfThisNamespaceLeftIsRemoved(String instance, boolean abandoned) {
        assertThat(HitTrace.isAbandoned(instance, "4026531836", "34"::equals)).isEqualTo(abandoned);
    }

    /** A pipe that gives these pieces, and then fails. */
    private static HitTrace.Pipe pipe(Errno end, String... pieces) {
        Deque<String> rest = new ArrayDeque<>(List.of(pieces));
        return max -> {
            if (rest.isEmpty()) {
                throw new ErrnoException(end.number(), "read");
            }
            return rest.removeFirst().getBytes(StandardCharsets.ISO_8859_1);
        };
    }

    @Test
    void aRoundHasWhatIsThere() throws ErrnoException {
        assertThat(HitTrace.round(pipe(Errno.EAGAIN, "one\n", "two\n"), HitTrace.Size.LARGE))
                .isEqualTo("one\ntwo\n");
        assertThat(HitTrace.round(pipe(Errno.EINTR, "one\n"), HitTrace.Size.LARGE))
                .isEqualTo("one\n");
        assertThat(HitTrace.round(pipe(Errno.EAGAIN, "one\n", "", "two\n"), HitTrace.Size.LARGE))
                .isEqualTo("one\n"); // the end
        assertThatThrownBy(() -> HitTrace.round(pipe(Errno.EPERM, "one\n"), HitTrace.Size.LARGE))
                .isInstanceOf(ErrnoException.class);
    }

    @Test
    void aRoundEndsThoughHitsNeverDo() throws ErrnoException {
        byte[] piece = new byte[64 * 1024];
        assertThat(HitTrace.round(max -> piece, HitTrace.Size.LARGE).length()).isEqualTo(8 * 1024 * 1024);
        assertThat(HitTrace.round(max -> piece, HitTrace.Size.SMALL).length()).isEqualTo(128 * 1024);
    }
}
