// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.killswitch.policy.PolicyException;

/** Real processes in the place of the scan. */
@Timeout(60)
class CveScanTest {

    private static List<String> sh(String script) {
        return List.of("sh", "-c", script);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 4})
    void whatItPrintsCountsWhateverTheVerdict(int status) throws Exception {
        assertThat(CveScan.run(sh("echo '{}'; echo no >&2; exit " + status))).isEqualTo(new byte[] {'{', '}', '\n'});
    }

    @Test
    void itsFailureIsSaid() {
        assertThatThrownBy(() -> CveScan.run(sh("exit 1")))
                .isInstanceOf(PolicyException.class)
                .hasMessage("sh -c exit 1 has ended with status 1");
        assertThatThrownBy(() -> CveScan.run(List.of("killswitch-of-nobody", "cve")))
                .isInstanceOf(PolicyException.class)
                .hasMessageStartingWith("killswitch-of-nobody cve cannot be run: ");
    }

    @Test
    void oneThatHangsIsEnded() {
        assertThatThrownBy(() -> Subprocess.run(List.of("sleep", "1000"), Duration.ofMillis(200)))
                .isInstanceOf(PolicyException.class)
                .hasMessage("sleep 1000 has not come to an end within 200 ms");
        assertThatThrownBy(() -> Subprocess.run(sh("sleep 1000; true"), Duration.ofMillis(500)))
                .as("with what it has started")
                .isInstanceOf(PolicyException.class)
                .hasMessageEndingWith("has not come to an end within 500 ms");
    }

    @Test
    void oneThatPrintsWithoutEndIsEnded() {
        assertThatThrownBy(() -> CveScan.run(List.of("yes")))
                .isInstanceOf(PolicyException.class)
                .hasMessageStartingWith("yes prints more than ");
    }
}
