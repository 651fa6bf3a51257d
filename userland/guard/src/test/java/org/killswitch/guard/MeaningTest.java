// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.killswitch.bpf.Helper;
import org.killswitch.guard.code.CodeGenerator;

/** What expressions mean for a call: 1 it is overridden, 0 it runs, else it could not be told. */
class MeaningTest {

    private static final int UNREAD = CodeGenerator.UNREAD + 1;

    private final Image image = new Image();
    private final long first = image.kernel("node");
    private final long inner = image.kernel("inner");

    MeaningTest() {
        image.argument(0, first).argument(1, inner);
    }

    private void assertTrue(String... expressions) {
        for (String e : expressions) {
            assertThat(image.answer(e)).as(e).isEqualTo(1);
        }
    }

    private void assertFalse(String... expressions) {
        for (String e : expressions) {
            assertThat(image.answer(e)).as(e).isZero();
        }
    }

    private void assertUnread(String... expressions) {
        for (String e : expressions) {
            assertThat(image.answer(e)).as(e).isEqualTo(UNREAD);
        }
    }

    private static String wrong(String expression) {
        GuardException e = catchThrowableOfType(GuardException.class, () -> TestScope.guard(expression));
        assertThat(e).as(expression).isNotNull();
        return e.getMessage();
    }

    @Test
    void userAndKernelMemoryAreReadByTheAddress() {
        image.set(first, "node", "text", image.userText("/etc/shadow"));
        assertTrue("first->text == \"/etc/shadow\"", "first->text ^= \"/etc/\"", "first->text $= \"shadow\"");
        assertFalse(
                "first->text == \"/etc/shado\"", "first->text == \"/etc/shadow2\"", "first->text $= \"x/etc/shadow\"");
        image.set(first, "node", "text", image.kernelText("/etc/shadow"));
        assertTrue("first->text == \"/etc/shadow\"", "first->text[1] == 'e'");
        assertUnread("(const char __user *)first->text == \"/etc/shadow\"");
    }

    @Test
    void whatCannotBeReadIsCounted() {
        assertUnread(
                "first->next->value == 0", "first->next->value != 0", "first->text == \"x\"", "first->text $= \"x\"");
        assertTrue("!first->next || first->next->value == 1", "first->next == NULL");
        assertFalse("first->next && first->next->value == 1");
        image.set(first, "node", "text", image.userEnd("abc"));
        assertUnread("first->text == \"abc\"", "first->text $= \"c\"", "first->text == \"abd\"");
        assertTrue("first->text[2] == 'c'");
    }

    /** Or a caller could find out what is in the kernel's memory by what becomes of the call. */
    @Test
    void whatAProcessHasInItsMemoryLeadsToNoneOfTheKernels() {
        long node = image.user(512);
        image.argument(0, node);
        image.set(node, "node", "ptr", inner);
        assertUnread("first->ptr->number == 0");
        assertFalse("first->ptr == NULL");
        long own = image.user(64);
        image.set(node, "node", "ptr", own);
        assertTrue("first->ptr->number == 0");
    }

    @Test
    void longTextsAreComparedAtTheirEnds() {
        for (int length : new int[] {1, 254, 255, 256, 257, 509, 510, 511, 4000}) {
            image.set(first, "node", "text", image.userText("a".repeat(length) + ".so"));
            assertTrue("first->text $= \".so\"");
            assertFalse("first->text $= \".os\"");
        }
        image.set(first, "node", "text", image.userText("b".repeat(5000) + ".so"));
        assertUnread("first->text $= \".so\"");
        image.bytes(inner + 7, "abcdefgh".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void textInArraysEndsWithThem() {
        image.set(inner, "inner", "name", 0);
        long name = inner + 8;
        image.bytes(name, "0123456789abcdef".getBytes(StandardCharsets.US_ASCII));
        assertTrue("in->name == \"0123456789abcdef\"", "in->name $= \"def\"", "in->name ^= \"0123\"");
        assertFalse("in->name $= \"de\"", "in->name == \"0123456789abcde\"");
    }

    @Test
    void commIsATextToo() {
        long task = image.kernel("task_struct");
        image.fact(Helper.BPF_GET_CURRENT_TASK, task);
        image.set(task, "task_struct", "tgid", 0);
        assertTrue("comm ^= \"nginx\"", "comm == \"nginx-worker\"", "comm in (\"a\", \"nginx-worker\")");
        assertFalse("comm == \"nginx\"", "comm ^= \"worker\"", "comm in (\"a\", \"nginx\")");
        image.bytes(task + commOffset(), "nginx-worker".getBytes(StandardCharsets.US_ASCII));
        assertTrue("comm $= \"worker\"", "current->comm == \"nginx-worker\"");
        assertFalse("comm $= \"work\"");
    }

    private static long commOffset() {
        GuardScope types = TestScope.compiled();
        return types.fields(new CType.Struct(types.type("struct", "task_struct").orElseThrow())).stream()
                        .filter(f -> f.name().equals("comm"))
                        .findFirst()
                        .orElseThrow()
                        .bitOffset()
                / 8;
    }

    @Test
    void numbersOfTheNetworkAreConverted() {
        long sk = image.kernel("sock");
        image.set(first, "node", "sk", sk);
        image.set(sk, "sock", "__sk_common.skc_dport", 0xbb01);
        image.set(sk, "sock", "__sk_common.skc_daddr", 0x0402010aL);
        assertTrue(
                "first->sk->sk_dport == htons(443)",
                "ntohs(first->sk->sk_dport) == 443",
                "ntohs(first->sk->sk_dport) < 1024",
                "first->sk->sk_dport in (htons(80), htons(443))",
                "first->sk->sk_daddr == \"10.1.2.4\"",
                "first->sk->sk_daddr == \"8.0.0.0/5\"",
                "first->sk->sk_daddr == \"10.1.2.4/30\"",
                "first->sk->sk_daddr == htonl(0x0a010204)",
                "(first->sk->sk_daddr & htonl(0xff000000)) == htonl(0x0a000000)",
                "first->sk->sk_daddr != 0");
        assertFalse(
                "first->sk->sk_dport == htons(80)",
                "first->sk->sk_daddr == \"10.1.2.5\"",
                "first->sk->sk_daddr in (\"11.0.0.0/8\", \"10.1.3.0/24\")");
        assertThat(wrong("first->sk->sk_dport == 443")).contains("network byte order", "htons(443)");
        assertThat(wrong("first->sk->sk_daddr == 0x0a000001")).contains("htonl(", "192.0.2.0/24");
        assertThat(wrong("first->sk->sk_dport < 1024")).contains("ntohs()");
        assertThat(wrong("first->sk->sk_dport + 1 == htons(2)")).contains("ntohs()");
        assertThat(wrong("htons(70000) == first->sk->sk_dport")).contains("16 bits");
        assertThat(wrong("first->sk->sk_daddr == \"10.1.2.3/8\"")).contains("beyond the 8 that count");
        assertThat(wrong("first->sk->sk_daddr == \"10.0.0.256\"")).contains("IPv4");
        assertThat(wrong("first->sk->sk_daddr == \"10.0.0\"")).contains("IPv4");
        String zero = String.join(".", Collections.nCopies(4, "0"));
        assertThat(wrong("first->sk->sk_daddr == \"" + zero + "/0\"")).contains("every address");
        assertThat(wrong("first->sk->sk_dport == \"10.0.0.1\"")).contains("port");
        assertThat(wrong("ntohs(first->sk->sk_num) == 1")).contains("not declared");
    }

    @Test
    void addressesOfSixteenBytesAreCompared() {
        long sk = image.kernel("sock");
        image.set(first, "node", "sk", sk);
        long address = sk + 12;
        image.bytes(address, new byte[] {(byte) 0xfe, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
        assertTrue(
                "first->sk->sk_v6_daddr == \"fe80::1\"",
                "first->sk->sk_v6_daddr == \"fe80::/10\"",
                "first->sk->sk_v6_daddr == \"fe80::/127\"");
        assertFalse("first->sk->sk_v6_daddr == \"fe80::2\"", "first->sk->sk_v6_daddr == \"fec0::/10\"");
        assertThat(wrong("first->sk->sk_v6_daddr == \"10.0.0.1\"")).contains("IPv6");
    }

    @Test
    void whatIsAlwaysTheSameIsRefusedWithItsRange() {
        assertThat(wrong("first->sk->sk_num == 70000")).contains("always false", "0 to 65535", "unsigned short");
        assertThat(wrong("u == -1")).contains("always false", "0 to 4294967295");
        assertThat(wrong("u < 0")).contains("always false");
        assertThat(wrong("0 > u")).contains("always false");
        assertThat(wrong("u >= 0")).contains("always true");
        assertThat(wrong("c == 200")).contains("-128 to 127");
        assertThat(wrong("first->as_long == -1")).contains("0 to 18446744073709551615");
        assertThat(wrong("first->three == 8")).contains("0 to 7");
        assertThat(wrong("(u & 6) == 8")).contains("0 to 6");
        assertThat(wrong("(u & 0xff) > 255")).contains("always false");
        assertThat(wrong("u in (1, -1)")).contains("always false");
        assertThat(wrong("uid == 0 && u < 0")).contains("always false");
        assertThat(wrong("uid == uid || 1")).contains("always true");
        assertThat(wrong("comm == \"nginx*\"")).contains("^=");
        assertThat(wrong("comm == \"more than fifteen\"")).contains("15 bytes");
        assertThat(wrong("first->text ^= \"\"")).contains("every string");
    }

    /** A plain char has no sign, whatever the kernel was compiled with. */
    @Test
    void aCharHasNoSign() {
        long address = image.kernel("sockaddr");
        image.set(first, "node", "addr", address);
        image.bytes(address + 4, new byte[] {(byte) 169});
        assertTrue("first->addr->sa_data[2] == 169", "first->addr->sa_data[2] == '\\xa9'");
        assertThat(wrong("first->addr->sa_data[2] == -87")).contains("0 to 255");
    }

    @Test
    void castsAndContainers() {
        long address = image.kernel("sockaddr");
        image.set(first, "node", "addr", address);
        image.set(address, "sockaddr_in", "sin_port", 0x5000);
        image.set(address, "sockaddr_in", "sin_addr.s_addr", 0x0100007f);
        assertTrue(
                "((struct sockaddr_in *)first->addr)->sin_port == htons(80)",
                "((struct sockaddr_in *)first->addr)->sin_addr == \"127.0.0.0/8\"",
                "((struct sockaddr_in *)first->addr)->sin_addr.s_addr == \"127.0.0.1\"",
                "*(__be16 *)first->addr->sa_data == htons(80)",
                "*(unsigned short *)&first->addr->sa_data[0] == 0x5000");
        image.argument(2, 0xffff_ffffL).argument(4, first).argument(1, first + innerOffset("in"));
        image.set(first, "node", "value", 4711);
        assertTrue(
                "container_of(in, struct node, in)->value == 4711",
                "(int)u == -1",
                "(unsigned char)u == 255",
                "(signed char)u == -1",
                "(u16)u == 65535",
                "(long)u == 4294967295",
                "((struct node *)l)->value == 4711");
        assertThat(wrong("(struct nothing *)first == NULL")).contains("no type 'struct nothing'");
        assertThat(wrong("(strukt) u == 1")).contains("no type 'strukt'");
        assertThat(wrong("container_of(in, struct node, im)->value == 1")).contains("no field 'im'", "'in'");
        assertThat(wrong("(u8)u == 256")).contains("no type 'u8'");
        assertThat(wrong("(u16)u == 65536")).contains("0 to 65535");
    }

    private static long innerOffset(String field) {
        GuardScope types = TestScope.compiled();
        return types.fields(new CType.Struct(types.type("struct", "node").orElseThrow())).stream()
                        .filter(f -> f.name().equals(field))
                        .findFirst()
                        .orElseThrow()
                        .bitOffset()
                / 8;
    }

    @Test
    void wordsForOperators() {
        image.argument(2, 5);
        assertTrue(
                "u == 5 and uid == 0",
                "u == 4 or u == 5",
                "u in (1, 5)",
                "!(u in (1, 2))",
                "u == 5 && not_so || 1 == 1 && u == 5".replace("not_so", "u == 6"));
        assertFalse("u == 5 and uid == 1", "u in (1, 2)");
        assertThat(wrong("u in 5")).contains("expected '('");
        assertThat(wrong("u in (1, 2) == 1")).contains("do not chain");
        assertThat(wrong("sizeof(u) == 1")).contains("a guard cannot call functions");
    }
}
