// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.killswitch.bpf.Helper;

/** Facts about the caller, out of a task_struct. */
class CallerTest {

    private static final long INITIAL_USER = 0xEFFF_FFFDL;
    private static final long OTHER = 4026532999L;

    private final Image image = new Image();
    private final long task = image.kernel("task_struct");
    private final long cred = image.kernel("cred");
    private final long users = image.kernel("user_namespace");
    private final long mounts = image.kernel("mnt_namespace");

    @BeforeEach
    void aTask() {
        image.fact(Helper.BPF_GET_CURRENT_TASK, task);
        long proxy = image.kernel("nsproxy");
        image.set(task, "task_struct", "cred", cred).set(task, "task_struct", "nsproxy", proxy);
        image.set(cred, "cred", "user_ns", users).set(users, "user_namespace", "ns.inum", INITIAL_USER);
        image.set(proxy, "nsproxy", "mnt_ns", mounts).set(mounts, "mnt_namespace", "ns.inum", 4026531840L);
    }

    private void assertIs(boolean expected, String... expressions) {
        for (String e : expressions) {
            assertThat(image.answer(e)).as(e).isEqualTo(expected ? 1 : 0);
        }
    }

    @Test
    void namespaces() {
        assertIs(true, "userns", "userns == \"initial\"", "mntns == \"initial\"", "mntns == 4026531840");
        assertIs(false, "!userns", "userns != \"initial\"", "mntns == 4026532999");
        image.set(users, "user_namespace", "ns.inum", OTHER).set(mounts, "mnt_namespace", "ns.inum", OTHER);
        assertIs(false, "userns", "mntns == \"initial\"");
        assertIs(true, "userns == 4026532999", "mntns == 4026532999", "mntns in (1111, 4026532999)");
        assertThatThrownBy(() -> TestScope.guard("userns == 1")).hasMessageContaining("initial");
        assertThatThrownBy(() -> TestScope.guard("userns == \"init\"")).hasMessageContaining("initial");
    }

    @Test
    void pidNamespaceAndSession() {
        long pid = image.kernel(128);
        long namespace = image.kernel("pid_namespace");
        long signal = image.kernel("signal_struct");
        image.set(task, "task_struct", "thread_pid", pid).set(task, "task_struct", "signal", signal);
        image.set(pid, "pid", "level", 1);
        // numbers[1]: nr and ns; numbers[0] before it
        image.set(pid + 8, "upid", "nr", 4242);
        image.set(pid + 24, "upid", "nr", 17).set(pid + 24, "upid", "ns", namespace);
        image.set(namespace, "pid_namespace", "ns.inum", OTHER);
        image.set(signal + 24, "kernfs_node", "parent", pid);
        assertIs(true, "pidns == 4026532999", "pidns != \"initial\"", "!pidns", "sid == 4242");
        assertIs(false, "sid == 17");
    }

    @Test
    void capabilities() {
        image.set(cred, "cred", "cap_effective", 1L << 12 | 1L << 39);
        assertIs(true, "capable(CAP_NET_ADMIN)", "ns_capable(CAP_NET_ADMIN)", "capable(39)");
        assertIs(false, "capable(CAP_SYS_ADMIN)", "ns_capable(CAP_SYS_ADMIN)");
        image.set(users, "user_namespace", "ns.inum", OTHER);
        assertIs(false, "capable(CAP_NET_ADMIN)");
        assertIs(true, "ns_capable(CAP_NET_ADMIN)", "!capable(CAP_NET_ADMIN)");
        assertThatThrownBy(() -> TestScope.guard("capable(64)")).hasMessageContaining("capability");
        assertThatThrownBy(() -> TestScope.guard("capable(u)")).hasMessageContaining("capability");
    }

    @Test
    void parentsAndLogins() {
        long parent = image.kernel("task_struct");
        image.set(task, "task_struct", "real_parent", parent).set(parent, "task_struct", "tgid", 99);
        image.set(task, "task_struct", "loginuid.val", 1000).set(task, "task_struct", "sessionid", 3);
        assertIs(true, "ppid == 99", "parent->tgid == 99", "auid == 1000", "session == 3", "current->sessionid == 3");
    }

    @Test
    void theExecutableIsAFile() {
        long mm = image.kernel("mm_struct");
        long file = image.kernel("file");
        long inode = image.kernel("inode");
        long device = image.kernel("super_block");
        // A kernel thread runs no file.
        assertIs(false, "exe == \"/bin/allowed\"");
        assertIs(true, "exe != \"/bin/allowed\"");
        image.set(task, "task_struct", "mm", mm).set(mm, "mm_struct", "exe_file", file);
        image.set(file, "file", "f_inode", inode).set(inode, "inode", "i_sb", device);
        image.set(inode, "inode", "i_ino", 4711).set(device, "super_block", "s_dev", 8 << 20 | 1);
        assertIs(true, "exe == \"/bin/allowed\"");
        image.set(device, "super_block", "s_dev", 8 << 20 | 2);
        assertIs(false, "exe == \"/bin/allowed\"");
        image.set(device, "super_block", "s_dev", 8 << 20 | 1).set(inode, "inode", "i_ino", 4712);
        assertIs(false, "exe == \"/bin/allowed\"");
        assertThatThrownBy(() -> TestScope.guard("exe == \"/bin/none\"")).hasMessageContaining("no such file");
        assertThatThrownBy(() -> TestScope.guard("exe == \"allowed\"")).hasMessageContaining("whole path");
        assertThatThrownBy(() -> TestScope.guard("exe ^= \"/bin/\"")).hasMessageContaining("== and !=");
    }

    /** Groups from the root on; the last one is the caller's. */
    private void inGroup(String... names) {
        long node = image.kernel("kernfs_node");
        image.set(node, "kernfs_node", "name", image.kernelText(""));
        long group = image.kernel(128);
        image.set(group, "cgroup", "level", names.length);
        for (int i = 0; i < names.length; i++) {
            long next = image.kernel("kernfs_node");
            image.set(next, "kernfs_node", "parent", node);
            image.set(next, "kernfs_node", "name", image.kernelText(names[i]));
            node = next;
            long above = image.kernel(32);
            image.set(above, "cgroup", "kn", node);
            image.set(group + 16 + (i + 1) * 8L, "user_namespace", "ns.padding", above);
        }
        long set = image.kernel("css_set");
        image.set(task, "task_struct", "cgroups", set).set(set, "css_set", "dfl_cgrp", group);
    }

    @Test
    void aControlGroupIsAllThatIsBelowItsPath() {
        inGroup("kubepods", "pod1", "c2");
        assertIs(
                true,
                "cgroup == \"/kubepods\"",
                "cgroup == \"kubepods/pod1\"",
                "cgroup == \"/sys/fs/cgroup/kubepods/pod1/c2/\"",
                "cgroup != \"/pod1\"");
        assertIs(
                false,
                "cgroup == \"/kubepod\"",
                "cgroup == \"/kubepods/pod2\"",
                "cgroup == \"/other/pod1\"",
                "cgroup == \"/kubepods/pod1/c2/d\"");
        inGroup("kubepods");
        assertIs(true, "cgroup == \"/kubepods\"");
        inGroup();
        assertIs(false, "cgroup == \"/kubepods\"");
        assertThatThrownBy(() -> TestScope.guard("cgroup == \"/\"")).hasMessageContaining("every process");
        assertThatThrownBy(() -> TestScope.guard("cgroup == \"/a/../b\"")).hasMessageContaining("whole path");
    }

    @Test
    void aControlGroupThatIsNotThereIsWarnedOf() throws GuardException {
        assertThat(TestScope.guard("cgroup == \"/kubepods\"").warnings())
                .singleElement()
                .asString()
                .contains("/kubepods");
        assertThat(TestScope.guard("cgroup == \"/system.slice\"").warnings()).isEmpty();
    }
}
