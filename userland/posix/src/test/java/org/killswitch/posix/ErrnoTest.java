// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ErrnoTest {

    @Test
    void hasTheGenericTableOfLinux() {
        assertThat(Errno.values()).hasSize(131);
        assertThat(Arrays.stream(Errno.values()).mapToInt(Errno::number))
                .isSorted()
                .doesNotHaveDuplicates();
        // 41 and 58 are the gaps: they were EWOULDBLOCK and EDEADLOCK once.
        assertThat(Errno.ofNumber(41)).isEmpty();
        assertThat(Errno.ofNumber(58)).isEmpty();
        assertThat(Errno.ofNumber(133)).contains(Errno.EHWPOISON);
        assertThat(Errno.ofNumber(134)).isEmpty();
    }

    @Test
    void agreesWithTheNumbersOfTheManual() {
        assertThat(Errno.EPERM.number()).isEqualTo(1);
        assertThat(Errno.EINVAL.number()).isEqualTo(22);
        assertThat(Errno.ENOSYS.number()).isEqualTo(38);
        assertThat(Errno.EBADMSG.number()).isEqualTo(74);
        assertThat(Errno.EADDRNOTAVAIL.number()).isEqualTo(99);
    }

    @Test
    void knowsTheAliases() {
        assertThat(Errno.ofName("EWOULDBLOCK")).contains(Errno.EAGAIN);
        assertThat(Errno.ofName("EDEADLOCK")).contains(Errno.EDEADLK);
        assertThat(Errno.ofName("ENOTSUP")).contains(Errno.EOPNOTSUPP);
    }

    @Test
    void hasNoErrorOutsideItsRange() {
        assertThat(Errno.ofNumber(0)).isEmpty();
        assertThat(Errno.ofNumber(-1)).isEmpty();
        assertThat(Errno.ofNumber((1L << 32) + 1)).isEmpty();
        assertThat(Errno.ofName("-EPERM")).isEmpty();
    }
}
