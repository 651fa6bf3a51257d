// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.host.TasksInside.Task;

class TasksInsideTest {

    @TempDir
    Path root;

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private List<Task> inside(String function, Optional<String> module) {
        return TasksInside.read(new SystemFiles(root)).orElseThrow().inside(function, module);
    }

    @Test
    void findsTheFunctionAndTheCompilersPartsOfIt() throws IOException {
        file("proc/self/stack", "");
        file("proc/10/task/10/stack", "[<0>] f+0x3a5/0x6b0 [m_x]\n[<0>] do_syscall_64+0x3c/0x90\n");
        file("proc/10/task/10/comm", "main\n");
        file("proc/10/task/12/stack", "[<0>] do_poll.constprop.0+0x1/0x2\n[<ffffffff81000000>] f.cold+0x1/0x2\n");
        file("proc/10/task/12/comm", "second\n");
        file("proc/9/task/9/stack", "[<0>] ff+0x1/0x2\n[<0>] xf+0x1/0x2\n[<0>] f_2+0x1/0x2\n");
        file("proc/9/task/9/comm", "other\n");
        file("proc/11/task/11/comm", "ended");

        assertThat(inside("f", Optional.empty())).containsExactly(new Task(10, 10, "main"), new Task(10, 12, "second"));
        assertThat(inside("f", Optional.of("m-x"))).containsExactly(new Task(10, 10, "main"));
        assertThat(inside("f", Optional.of("vmlinux"))).containsExactly(new Task(10, 12, "second"));
        assertThat(inside("do_poll", Optional.empty())).containsExactly(new Task(10, 12, "second"));
        assertThat(inside("do_poll.constprop.0", Optional.empty())).containsExactly(new Task(10, 12, "second"));
        assertThat(inside("do_poll.isra.0", Optional.empty())).isEmpty();
    }

    @Test
    void knowsNothingWhereStacksCannotBeRead() throws IOException {
        file("proc/10/task/10/stack", "[<0>] f+0x1/0x2\n");
        assertThat(TasksInside.read(new SystemFiles(root))).isEmpty();
    }
}
