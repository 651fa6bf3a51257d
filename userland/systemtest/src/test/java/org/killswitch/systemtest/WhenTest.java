// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.killswitch.lab.Output;

/** {@code killswitch engage --when}: what callers see of a function of which an expression picks the calls to override. */
@ParameterizedClass(name = "{0}")
@StockKernels
final class WhenTest extends SharedGuest {

    private static final String PINS = "/sys/fs/bpf/killswitch";

    private int programs;

    WhenTest(String kernel) {
        super(kernel, TestGuest::bootWithCommand);
    }

    @BeforeEach
    void countPrograms() {
        require("modprobe af_alg; modprobe algif_hash; modprobe algif_aead;"
                + " f=/proc/sys/crypto/af_alg_restrict; [ ! -e $f ] || echo 0 > $f");
        programs = programs();
        log();
    }

    @AfterEach
    void nothingIsLeft() {
        control("disengage_all");
        assertThat(sh("ls " + PINS).output()).doesNotContain("when");
        assertPrograms(programs);
    }

    private Output engage(String symbol, String expression, String... more) {
        return sh("killswitch engage " + symbol + " -EACCES --when '" + expression + "' " + String.join(" ", more));
    }

    private void engaged(String symbol, String expression, String... more) {
        Output output = engage(symbol, expression, more);
        assertThat(output.status()).as(output.output()).isZero();
        assertThat(output.output()).hasLineCount(1);
    }

    private String algBind(String type, String name) {
        return require("alg_bind " + type + " '" + name + "'").strip();
    }

    /** CVE-2025-21700: whoever is root in a namespace of his own reaches the queueing code of the network stack. */
    @Test
    void othersThanRootAreRefused() {
        assertThat(asNobody("add_qdisc unshare").output()).isEqualTo("ok\n");
        engaged("tc_modify_qdisc", "uid != 0");
        assertThat(asNobody("add_qdisc unshare").output()).isEqualTo("EACCES\n");
        assertThat(sh("add_qdisc").output()).isEqualTo("ok\n");
        assertThat(sh("add_qdisc unshare").output()).isEqualTo("ok\n");
        assertThat(read("fn/tc_modify_qdisc/hits")).isEqualTo("1\n");
        assertThat(read("fn/tc_modify_qdisc/passed")).isEqualTo("2\n");
        assertThat(require("killswitch status"))
                .contains(" PASSED ")
                .containsPattern("tc_modify_qdisc .* 1 +2 +engaged");
    }

    @Test
    void userAndNetworkNamespacesAreFacts() {
        engaged("tc_modify_qdisc", "!userns || !netns");
        assertThat(asNobody("add_qdisc unshare").output()).isEqualTo("EACCES\n");
        assertThat(sh("add_qdisc unshare").output()).isEqualTo("EACCES\n");
        assertThat(sh("add_qdisc").output()).isEqualTo("ok\n");
    }

    @Test
    void groupAndProcessAreFacts() {
        engaged("inet_bind", "gid == 65534 || pid == 1 && caller.uid == 0");
        assertThat(asNobody("inet_bind dgram").output()).isEqualTo("EACCES\n");
        assertThat(require("inet_bind dgram")).isEqualTo("ok\n");
    }

    @Test
    void aFieldOfAnArgumentPicksTheCalls() {
        engaged(
                "inet_bind",
                "sock->type == SOCK_DGRAM && sock->sk->sk_family == AF_INET && uaddr->sa_family == 2 && addr_len >= 16");
        assertThat(require("inet_bind dgram")).isEqualTo("EACCES\n");
        assertThat(require("inet_bind stream")).isEqualTo("ok\n");
        assertThat(read("fn/inet_bind/hits")).isEqualTo("1\n");
        assertThat(read("fn/inet_bind/passed")).isEqualTo("1\n");
    }

    @Test
    void textInAnArgumentPicksTheCalls() {
        assertThat(algBind("hash", "sha256")).isEqualTo("ok");
        assertThat(algBind("aead", "gcm(aes)")).isEqualTo("ok");
        String aead = "uaddr->sa_data == \"aead\"";
        if (!features.moduleTypes()) {
            assertWrong("alg_bind", aead, "  " + aead + "\n  ^~~~~\n", "module af_alg has no BTF");
            return;
        }
        engaged("alg_bind", aead);
        assertThat(algBind("aead", "gcm(aes)")).isEqualTo("EACCES");
        assertThat(algBind("hash", "sha256")).isEqualTo("ok");
        assertThat(read("fn/alg_bind/hits")).isEqualTo("1\n");
        assertThat(read("fn/alg_bind/passed")).isEqualTo("1\n");
    }

    @Test
    void oneProgramIsAllowed() {
        require("cp /bin/alg_bind /bin/allowed");
        engaged("af_alg:alg_bind", "comm != \"allowed\"");
        assertThat(algBind("hash", "sha256")).isEqualTo("EACCES");
        assertThat(require("allowed hash sha256")).isEqualTo("ok\n");
    }

    @Test
    void anOrdinaryArgumentIsANumber() {
        engaged("ks_test_vuln", "arg1 % 3 == 1 && arg1 != 4");
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(fire(2)).isEqualTo("ok 1");
        assertThat(fire(4)).isEqualTo("ok 1");
        assertThat(fire(7)).isEqualTo("EACCES");
        assertThat(fire(-2)).isEqualTo("ok 2");
    }

    @Test
    void whatCannotBeReadIsCountedAndOverriddenUnlessToldOtherwise() {
        String nowhere = "sock->wq.fasync_list->fa_fd == 0";
        engaged("inet_bind", nowhere);
        assertThat(require("inet_bind dgram")).isEqualTo("EACCES\n");
        assertThat(read("fn/inet_bind/unread")).isEqualTo("1\n");
        control("disengage inet_bind");
        engaged("inet_bind", nowhere, "--unread pass");
        assertThat(require("inet_bind dgram")).isEqualTo("ok\n");
        assertThat(read("fn/inet_bind/unread")).isEqualTo("1\n");
        control("disengage inet_bind");
        engaged("inet_bind", "sock->wq.fasync_list && " + nowhere);
        assertThat(require("inet_bind dgram")).isEqualTo("ok\n");
        assertThat(read("fn/inet_bind/unread")).isEqualTo("0\n");
    }

    @Test
    void itGoesWithAProbeAndWithACountdown() {
        engaged("ks_test_vuln", "arg1 == 1", "--probe 1h");
        assertThat(fire(2)).isEqualTo("ok 1");
        assertThat(read("fn/ks_test_vuln/hits")).isEqualTo("0\n");
        assertThat(read("fn/ks_test_vuln/passed")).isEqualTo("1\n");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("probing\n");
        control("disengage ks_test_vuln");
        engaged("ks_test_vuln", "arg1 == 1", "--for 1h");
        assertThat(read("fn/ks_test_vuln/state")).isEqualTo("expiring\n");
        assertThat(fire(1)).isEqualTo("EACCES");
        assertThat(fire(2)).isEqualTo("ok 1");
    }

    @Test
    void whatIsWrongIsPointedAt() {
        assertWrong("inet_bind", "sock->skk == 0", "  sock->skk == 0\n        ^~~\n", "'sk'");
        assertWrong("inet_bind", "sokc->sk == 0", "  sokc->sk == 0\n  ^~~~\n", "'sock'");
        assertWrong("inet_bind", "addr_len ==", "  addr_len ==\n             ^\n", "");
        assertThat(engage("no_such_function", "uid != 0").output())
                .startsWith("killswitch: cannot engage no_such_function: ")
                .hasLineCount(1);
        assertThat(read("engaged")).isEmpty();
    }

    private void assertWrong(String symbol, String expression, String picture, String hint) {
        Output output = engage(symbol, expression);
        assertThat(output.status()).as(output.output()).isEqualTo(1);
        assertThat(output.output())
                .startsWith("killswitch: ")
                .contains(hint)
                .endsWith(picture)
                .hasLineCount(3);
    }

    @Test
    void explainingChangesNothingAndIsForEveryone() {
        Output output =
                asNobody("sh /bin/killswitch engage tc_modify_qdisc -1 --when \"n->nlmsg_flags & 0x100\" --explain");
        assertThat(output.status()).as(output.output()).isZero();
        assertThat(output.output())
                .contains("tc_modify_qdisc(struct sk_buff *skb, struct nlmsghdr *n", "n->nlmsg_flags", "exit");
        assertThat(read("engaged")).isEmpty();
    }

    @Test
    void whatAnInterruptedCommandLeftIsListedAndRemoved() {
        assertThat(require("killswitch bpf list")).isEqualTo("nothing is pinned\n");
        require("mkdir -p " + PINS + "; bpf_guard " + PINS + "/f__when_77 args 1=1");
        assertThat(require("killswitch bpf list")).containsPattern("f__when_77 +program +\\d+\n");
        assertThat(require("killswitch bpf list --json"))
                .contains("\"name\" : \"f__when_77\"", "\"type\" : \"kprobe\"");
        Output wrong = sh("killswitch bpf remove f__when_78");
        assertThat(wrong.status()).isEqualTo(1);
        assertThat(wrong.output()).contains("f__when_77").hasLineCount(1);
        assertThat(asNobody("sh /bin/killswitch bpf list").output())
                .contains("root")
                .hasLineCount(1);
        assertThat(require("killswitch bpf remove f__when_77")).isEqualTo("f__when_77 is removed\n");
        assertThat(require("killswitch bpf list")).isEqualTo("nothing is pinned\n");
    }

    /** The BPF file system is mounted for root only, and what another user has made there is not trusted. */
    @Test
    void aFolderThatSomebodyElseMadeIsRefused() {
        require("umount /sys/fs/bpf");
        engaged("tc_modify_qdisc", "uid != 0");
        // The kernel makes its root sticky.
        assertThat(require("stat -c '%a %u' /sys/fs/bpf " + PINS)).matches("1?700 0\n700 0\n");
        control("disengage_all");

        require("rmdir " + PINS + "; chmod 1777 /sys/fs/bpf");
        assertThat(asNobody("mkdir " + PINS + "; chmod 700 " + PINS).status()).isZero();
        Output refused = engage("tc_modify_qdisc", "uid != 0");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.output())
                .contains(PINS + " belongs to uid 65534", "rm -r " + PINS)
                .hasLineCount(1);
        assertThat(read("engaged")).isEmpty();
        require("rmdir " + PINS);

        engaged("tc_modify_qdisc", "uid != 0"); // a folder of root's own is safe below a sticky one
        assertThat(asNobody("mv " + PINS + " /sys/fs/bpf/old").status()).isNotZero();
        require("chmod 777 /sys/fs/bpf");
        assertThat(engage("proc_pid_status", "uid != 0").output()).contains("/sys/fs/bpf belongs to uid 0");
        require("chmod 700 /sys/fs/bpf");
    }
}
