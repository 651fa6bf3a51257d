// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BpfExceptionTest {

    @Test
    void aMessageIsOneLineWhateverNamesAreInIt() {
        assertThat(new BpfException("section \"a\n\tb\u001b[0m\u0085\u2028$1\\\" is none"))
                .hasMessage("section \"a\\x0a\\x09b\\x1b[0m\\x85\\x2028$1\\\" is none");
    }
}
