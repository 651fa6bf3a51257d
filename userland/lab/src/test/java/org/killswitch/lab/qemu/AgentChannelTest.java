// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AgentChannelTest {
    private static final byte[] MARK = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** A stream that gives a few bytes at a time, as a socket may. */
    private static InputStream inPieces(String text, int size) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                return super.read(buffer, offset, Math.min(size, length));
            }
        };
    }

    private static String copied(String text, int size) throws IOException {
        var out = new ByteArrayOutputStream();
        AgentChannel.copyUntil(MARK, inPieces(text, size), out);
        return out.toString(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 15, 16, 17, 1000})
    void endsAtTheMarkHoweverItIsCutUp(int size) throws IOException {
        assertThat(copied("output 0123456789abcde" + "0123456789abcdef", size)).isEqualTo("output 0123456789abcde");
        assertThat(copied("0123456789abcdef", size)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 15, 16, 17, 1000})
    void endsAtAMarkThatABackgroundJobPrintedAfter(int size) throws IOException {
        assertThat(copied("output0123456789abcdefnoise noise noise", size))
                .startsWith("output")
                .doesNotContain("0123");
    }

    @ParameterizedTest
    @CsvSource({
        "started,               started",
        "'started-with-a-line\n', 'started-with-a-line\n'",
        "progress 01234,        'progress '", // may be the mark
        "progress 0120,         'progress 012'",
        "0123456789abcde,       ''",
        "x,                     x",
    })
    void whatCannotBeTheMarkIsPassedOnAtOnce(String text, String passedOn) {
        var out = new ByteArrayOutputStream();
        assertThatThrownBy(() -> AgentChannel.copyUntil(MARK, inPieces(text, 1000), out))
                .isInstanceOf(IOException.class); // the stream ends without a mark
        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo(passedOn);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000})
    void aGuestThatEndsBeforeTheMarkIsAnError(int size) {
        assertThatThrownBy(() -> copied("output01234567", size)).isInstanceOf(IOException.class);
    }
}
