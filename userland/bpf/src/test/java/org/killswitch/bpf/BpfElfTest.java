// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is given to libbpf, and what is not. Nothing is loaded. */
class BpfElfTest {

    private static final long SEED = 20261124;
    private static final int OBJECTS = 10_000;

    @TempDir
    static Path dir;

    private static Path two;

    @BeforeAll
    static void compile() throws IOException {
        two = dir.resolve("two.bpf.o");
        TestObjects.compileTo("two", two);
    }

    @Test
    void anObjectOfClangIsTaken() throws Exception {
        byte[] elf = BpfElf.read(two);
        Libbpf libbpf = Libbpf.load();
        Libbpf.BpfObject object = libbpf.objectOpenMem(elf);
        Libbpf.BpfProgram first = libbpf.objectNextProgram(object, null).orElseThrow();
        Libbpf.BpfProgram second = libbpf.objectNextProgram(object, first).orElseThrow();
        assertThat(libbpf.programName(first)).isEqualTo("even");
        assertThat(libbpf.programSectionName(first)).isEqualTo("kprobe");
        assertThat(OverrideLoader.overrides(libbpf.programInsns(first))).isTrue();
        assertThat(OverrideLoader.overrides(libbpf.programInsns(second))).isFalse();
        libbpf.objectClose(object);
    }

    @Test
    void whatElseItMayBeIsSaid() throws IOException {
        assertThatThrownBy(() -> BpfElf.read(dir.resolve("none"))).hasMessage("there is no file " + dir + "/none");
        assertThatThrownBy(() -> BpfElf.read(dir)).hasMessage(dir + " is no regular file");
        Path source = Files.writeString(dir.resolve("x.bpf.c"), "int f;\n".repeat(50));
        assertThatThrownBy(() -> BpfElf.read(source)).hasMessageContaining("is no compiled object (ELF); compile it");
        assertThatThrownBy(() -> BpfElf.read(Path.of("/proc/self/exe").toRealPath()))
                .hasMessageContaining("is an object for another machine than BPF");
    }

    /** libbpf that crashes takes the test's process with it. */
    @Test
    void damagedObjectsAreRefusedByUsOrByLibbpf() throws Exception {
        byte[] good = Files.readAllBytes(two);
        Libbpf libbpf = Libbpf.load();
        Random random = new Random(SEED);
        int ours = 0;
        int theirs = 0;
        for (int i = 0; i < OBJECTS; i++) {
            byte[] bad = Mutations.of(good, random);
            try {
                BpfElf.check(two, bad);
            } catch (BpfException e) {
                assertThat(e).hasMessageNotContaining("\n");
                ours++;
                continue;
            }
            try {
                libbpf.objectClose(libbpf.objectOpenMem(bad));
            } catch (LibbpfException e) {
                theirs++;
            }
        }
        assertThat(ours).isGreaterThan(OBJECTS / 20);
        assertThat(theirs).isPositive();
        assertThatCode(() -> BpfElf.check(two, good)).doesNotThrowAnyException();
    }
}
