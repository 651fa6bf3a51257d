// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.killswitch.lab.Output;
import org.killswitch.posix.Architecture;

/** {@code killswitch engage --when}: guards that people write mean what they look like, as callers see it. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class MeaningfulGuardsTest extends SharedGuest {

    private static final String EACCES = "EACCES\n";
    private static final String OK = "ok\n";

    private final boolean x86;

    MeaningfulGuardsTest(String kernel) {
        super(kernel, TestGuest::bootWithCommand);
        x86 = Project.kernel(kernel).release().architecture() == Architecture.X86_64;
    }

    @BeforeEach
    void prepare() {
        require(
                "f=/proc/sys/crypto/af_alg_restrict; [ ! -e $f ] || echo 0 > $f; mkdir -p /tmp/x; echo 1 > /tmp/x/shadow;"
                        + " echo 1 > /tmp/x/other; ip link set lo up; log=$(dmesg -c)");
    }

    @AfterEach
    void nothingIsLeft() {
        control("disengage_all");
        assertThat(sh("ls /sys/fs/bpf/killswitch").output()).doesNotContain("when");
    }

    private Output engage(String symbol, String expression, String... more) {
        return sh("killswitch engage " + symbol + " -EACCES --when '" + expression + "' " + String.join(" ", more));
    }

    private String engaged(String symbol, String expression, String... more) {
        Output output = engage(symbol, expression, more);
        assertThat(output.status()).as(output.output()).isZero();
        return output.output();
    }

    private String refused(String symbol, String expression) {
        Output output = engage(symbol, expression);
        assertThat(output.status()).as(output.output()).isEqualTo(1);
        assertThat(read("engaged")).isEmpty();
        return output.output();
    }

    private void assertCall(String call, String result) {
        assertThat(require("system_call " + call)).as(call).isEqualTo(result);
    }

    // Memory of the caller's

    @Test
    void aPathThatACallerPasses() {
        engaged("do_sys_openat2", "filename == \"/tmp/x/shadow\"");
        assertCall("open /tmp/x/shadow", EACCES);
        assertCall("open /tmp/x/other", OK);
        assertThat(read("fn/do_sys_openat2/hits")).isEqualTo("1\n");
        control("disengage do_sys_openat2");
        engaged("do_sys_openat2", "filename ^= \"/tmp/x/s\" and filename $= \"dow\"");
        assertCall("open /tmp/x/shadow", EACCES);
        assertCall("open /tmp/x/other", OK);
    }

    @Test
    void aPathThatIsNotInMemoryYetIsUnread() {
        engaged("openat", "comm == \"fresh\" && filename == \"/tmp/x/shadow\"");
        String fn = x86 ? "fn/__x64_sys_openat/" : "fn/__arm64_sys_openat/";
        assertCall("open-fresh /tmp/x/other", EACCES);
        assertThat(Integer.parseInt(read(fn + "unread").strip())).isPositive();
        control("disengage_all");
        engaged("openat", "comm == \"fresh\" && filename == \"/tmp/x/shadow\"", "--unread pass");
        assertCall("open-fresh /tmp/x/other", OK);
        assertThat(Integer.parseInt(read(fn + "unread").strip())).isPositive();
    }

    /** Whoever could have the guard look there would learn where the kernel is. */
    @Test
    void aSystemCallsGuardDoesNotReadTheKernelsMemory() {
        engaged("openat", "filename == \"/tmp/x/shadow\"", "--unread pass");
        String address = require("grep \" T _stext\" /proc/kallsyms").split(" ", 2)[0];
        assertCall("open-at 0x" + address, "EFAULT\n");
        String fn = x86 ? "fn/__x64_sys_openat/" : "fn/__arm64_sys_openat/";
        assertThat(Integer.parseInt(read(fn + "unread").strip())).isPositive();
    }

    @Test
    void structuresThatACallerPasses() {
        engaged("connect", "((struct sockaddr_in *)uservaddr)->sin_port == htons(443)");
        assertCall("connect 127.0.0.1 443", EACCES);
        assertCall("connect 127.0.0.1 80", "ECONNREFUSED\n");
        control("disengage_all");
        engaged("sendmsg", "msg->msg_iovlen > 1");
        assertCall("sendmsg 2", EACCES);
        assertCall("sendmsg 1", OK);
        control("disengage_all");
        engaged("ioctl", "cmd == 0x5413");
        assertCall("ioctl 0x5413", EACCES);
        assertThat(require("system_call ioctl 0x5414")).isNotEqualTo(EACCES);
        control("disengage_all");
        engaged("clone3", "uargs->flags & CLONE_NEWUTS");
        assertCall("clone3 0x04000000", EACCES);
        assertCall("clone3 0", OK);
    }

    // Addresses and ports

    @Test
    void portsAndNetworks() {
        assertThat(refused("tcp_connect", "sk->sk_dport == 443")).contains("htons(443)");
        engaged("tcp_connect", "sk->sk_dport == htons(443)");
        assertCall("connect 127.0.0.1 443", EACCES);
        assertCall("connect 127.0.0.1 80", "ECONNREFUSED\n");
        control("disengage_all");
        engaged("tcp_connect", "sk->sk_daddr == \"127.1.0.0/16\"");
        assertCall("connect 127.1.2.3 80", EACCES);
        assertCall("connect 127.2.2.3 80", "ECONNREFUSED\n");
        control("disengage_all");
        engaged("inet6_bind", "((struct sockaddr_in6 *)uaddr)->sin6_addr == \"::/127\"");
        assertCall("bind ::1 0", EACCES);
        assertThat(require("system_call bind fe80::1 0")).isNotEqualTo(EACCES);
    }

    // Ranges

    @Test
    void whatCannotBeTrueIsRefused() {
        String entry = x86 ? "__x64_sys_close" : "__arm64_sys_close";
        assertThat(refused(entry, x86 ? "regs->di == -1" : "regs->regs[0] == -1"))
                .contains("always false", "0 to 18446744073709551615");
        assertThat(refused("tcp_connect", "sk->sk_num == 70000")).contains("always false", "0 to 65535");
        assertThat(refused("ip_rcv", "skb->len < 0")).contains("always false", "0 to 4294967295");
        assertThat(refused("inet_bind", "comm == \"nginx*\"")).contains("^=");
        engaged("inet_bind", "uaddr->sa_data[2] == 169");
        assertCall("bind 127.0.0.1 0", OK);
        assertThat(require("system_call bind 169.1.2.3 0")).isEqualTo(EACCES);
    }

    // The caller

    @Test
    void aControlGroupWithAllThatIsBelow() {
        require("mkdir -p /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup; mkdir -p /sys/fs/cgroup/kubepods/pod1");
        String bind = "(cd /sys/fs/cgroup; sh -c \"echo \\$\\$ > kubepods/pod1/cgroup.procs; inet_bind dgram\")";
        try {
            engaged("inet_bind", "cgroup == \"/kubepods\"");
            assertThat(require(bind)).isEqualTo(EACCES);
            assertThat(require("inet_bind dgram")).isEqualTo(OK);
            control("disengage_all");
            engaged("inet_bind", "cgroup != \"/sys/fs/cgroup/kubepods/pod1\"");
            assertThat(require(bind)).isEqualTo(OK);
            assertThat(require("inet_bind dgram")).isEqualTo(EACCES);
            if (features.followsControlGroups()) {
                require("rmdir /sys/fs/cgroup/kubepods/pod1; mkdir /sys/fs/cgroup/kubepods/pod1");
                assertThat(require(bind)).isEqualTo(OK);
            }
            control("disengage_all");
            Output absent = engage("inet_bind", "cgroup == \"/none\"");
            assertThat(absent.output()).contains("no ", "control group");
            assertThat(absent.status()).isEqualTo(features.followsControlGroups() ? 0 : 1);
            assertThat(require("inet_bind dgram")).isEqualTo(OK);
        } finally {
            sh(
                    "for i in 1 2 3 4 5; do rmdir /sys/fs/cgroup/kubepods/pod1 /sys/fs/cgroup/kubepods && break; sleep 0.2; done;"
                            + " umount /sys/fs/cgroup");
        }
    }

    @Test
    void oneExecutableMayWhateverItIsCalled() {
        require("cp /bin/inet_bind /tmp/allowed; cp /bin/inet_bind /tmp/copy");
        engaged("inet_bind", "exe != \"/tmp/allowed\"");
        assertThat(require("/tmp/allowed dgram")).isEqualTo(OK);
        assertThat(require("/tmp/copy dgram")).isEqualTo(EACCES);
        require("mkdir -p /tmp/other; mv /tmp/copy /tmp/other/allowed");
        assertThat(require("/tmp/other/allowed dgram")).isEqualTo(EACCES);
        control("disengage_all");
        assertThat(refused("inet_bind", "exe == \"/tmp/none\"")).contains("no such file");
    }

    @Test
    void capabilitiesAndNamespaces() {
        engaged("inet_bind", "!capable(CAP_NET_ADMIN)");
        assertThat(require("inet_bind dgram")).isEqualTo(OK);
        assertThat(asNobody("inet_bind dgram").output()).isEqualTo(EACCES);
        assertThat(asNobody("unshare -U inet_bind dgram").output()).isEqualTo(EACCES);
        control("disengage_all");
        engaged("inet_bind", "!ns_capable(CAP_NET_ADMIN)");
        assertThat(asNobody("inet_bind dgram").output()).isEqualTo(EACCES);
        control("disengage_all");
        for (String[] one : new String[][] {{"userns", "-U"}, {"netns", "-n"}, {"mntns", "-m"}, {"pidns", "-p -f"}}) {
            String name = one[0];
            String unshared = "unshare " + one[1] + " inet_bind dgram";
            engaged("inet_bind", name + " != \"initial\"");
            assertThat(require("inet_bind dgram")).as(name).isEqualTo(OK);
            assertThat(require(unshared)).as(name).isEqualTo(EACCES);
            control("disengage_all");
            String kind = name.replace("ns", "");
            String inode = require("readlink /proc/self/ns/" + kind).replaceAll("\\D", "");
            engaged("inet_bind", name + " == " + inode);
            assertThat(require("inet_bind dgram")).as(name).isEqualTo(EACCES);
            assertThat(require(unshared)).as(name).isEqualTo(OK);
            control("disengage_all");
        }
    }

    @Test
    void parentsSessionsAndTheTaskItself() {
        String self = "sh -c \"inet_bind dgram; true\"";
        engaged(
                "inet_bind",
                "parent->comm == \"sh\" && ppid == parent->tgid && current->tgid == pid && sid != pid"
                        + " && auid == 4294967295 && session == 4294967295");
        assertThat(require(self)).isEqualTo(EACCES);
        assertThat(require("setsid inet_bind dgram; true")).isEqualTo(OK);
    }

    // Types

    @Test
    void castsAndContainers() {
        engaged("inet_bind", "container_of(sock, struct socket_alloc, socket)->vfs_inode.i_ino == 0");
        assertThat(require("inet_bind dgram")).isEqualTo(OK);
        control("disengage_all");
        engaged(
                "inet_bind",
                "((struct sockaddr_in *)uaddr)->sin_port == htons(8080)"
                        + " && ((struct inet_sock *)sock->sk)->inet_dport == 0 && sock->file != NULL && (u8)addr_len == 16");
        assertCall("bind 127.0.0.1 8080", EACCES);
        assertCall("bind 127.0.0.1 8081", OK);
    }

    @Test
    void macrosAreKnownAndHintsAreRight() {
        engaged("do_sys_openat2", "filename == \"/tmp/x/shadow\" && (int)FMODE_WRITE == 2 && MSG_SPLICE_PAGES != uid");
        assertCall("open /tmp/x/shadow", EACCES);
        control("disengage_all");
        assertThat(refused("inet_bind", "sock->type == FMODE_WRIT_X"))
                .contains("no constant")
                .doesNotContain("did you mean");
    }

    // Modules and system calls

    @Test
    void typesOfAModuleThatIsNotLoadedComeFromItsFile() {
        require(
                "for m in algif_hash algif_aead af_alg; do rmmod $m; done 2>/dev/null; ! grep -q ^af_alg /proc/modules");
        Output output = engage("af_alg:alg_bind", "uaddr->sa_data == \"aead\"");
        if (!features.moduleTypes()) {
            assertThat(output.output()).contains("has no BTF").doesNotContain("modprobe", "did you mean");
            return;
        }
        assertThat(output.status()).as(output.output()).isZero();
        assertThat(read("pending")).contains("alg_bind");
        assertThat(require("alg_bind aead \"gcm(aes)\"")).isEqualTo(EACCES);
        assertThat(require("alg_bind hash sha256")).isEqualTo(OK);
        control("disengage_all");
        assertThat(refused("af_alg:alg_bind", "uaddrr->sa_family == 1")).contains("'uaddr'");
        assertThat(refused("no_such_module:f", "uaddr == 1"))
                .contains("no module no_such_module")
                .doesNotContain("did you mean");
    }

    @Test
    void aSystemCallByItsName() {
        String said = engaged("socket", "family == AF_ALG");
        assertCall("socket 38", EACCES);
        assertCall("socket 1", OK);
        if (x86) {
            assertCall("socket32 38", EACCES);
            assertCall("socket32 1", OK);
            assertThat(said).contains("socketcall");
            assertThat(require("system_call socketcall 38")).isEqualTo(OK);
        }
        control("disengage_all");
        engaged("sys_socket", "arg1 == AF_ALG");
        assertCall("socket 38", EACCES);
        assertCall("socket 1", OK);
        control("disengage_all");
        String entry = x86 ? "__x64_sys_socket" : "__arm64_sys_socket";
        String alone = engaged(entry, "family == AF_ALG");
        assertCall("socket 38", EACCES);
        if (x86) {
            assertThat(alone).contains("warning", "__ia32_sys_socket", "socketcall");
            assertCall("socket32 38", OK);
        }
    }
}
