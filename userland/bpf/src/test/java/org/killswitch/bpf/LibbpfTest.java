// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LibbpfTest {

    @Test
    void complaintsAreCollectedAndFailuresHaveAnErrno() throws BpfException {
        Libbpf libbpf = Libbpf.load();
        List<String> lines = new ArrayList<>();
        libbpf.setPrint(lines::add);

        assertThatThrownBy(() -> libbpf.objectOpenFile("/nonexistent/x.o"))
                .isInstanceOf(LibbpfException.class)
                .hasMessage("opening /nonexistent/x.o: No such file or directory");
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("/nonexistent/x.o"));

        lines.clear();
        byte[] noElf = "no ELF, whatever it is called".repeat(20).getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> libbpf.objectOpenMem(noElf)).isInstanceOf(LibbpfException.class);
        assertThat(lines).isNotEmpty();
    }

    @Test
    void whatIsNotThereIsAnErrno() throws BpfException {
        Libbpf libbpf = Libbpf.load();
        assertThatThrownBy(() -> libbpf.objGet("/nonexistent/pin"))
                .isInstanceOfSatisfying(
                        LibbpfException.class, e -> assertThat(e.errno()).isPositive());
        assertThatThrownBy(() -> libbpf.progInfo(-1)).isInstanceOf(LibbpfException.class);
    }
}
