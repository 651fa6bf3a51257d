// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** Which functions a patch changes, by what diffs of the kernel look like. */
class PatchTest {

    private static final String IN_BODY = """
            diff --git a/net/sched/cls_u32.c b/net/sched/cls_u32.c
            index 1111111111..2222222222 100644
            --- a/net/sched/cls_u32.c
            +++ b/net/sched/cls_u32.c
            @@ -717,12 +717,18 @@ static int u32_set_parms(struct net *net, struct tcf_proto *tp,
             	if (tb[ONE]) {
             		int ifindex = 0;
            +		if (!ifindex)
            +			return -EINVAL;
             	}
             	return 0;
            """;

    @Test
    void theHeaderOfAHunkNamesTheFunction() throws PatchException {
        Patch patch = Patch.parse(
                hunk("@@ -7,3 +7,4 @@ static int u32_set_parms(struct net *net, struct tcf_proto *tp,", """
             	first();
            +	second(third());
             	return 0;
             }
            """));
        assertThat(patch.changed()).containsExactly("u32_set_parms");
        assertThat(patch.added()).isEmpty();
        assertThat(patch.unnamed()).isEmpty();
    }

    @Test
    void aHunkThatIsCutShortIsSaidToBe() {
        assertThatThrownBy(() -> Patch.parse(IN_BODY + "what is this\n"))
                .isInstanceOf(PatchException.class)
                .hasMessage("the hunk of net/sched/cls_u32.c at line 717 is cut short");
    }

    @Test
    void aFunctionThatBeginsWithinAHunkCountsFromThereOn() throws PatchException {
        Patch patch = Patch.parse(hunk("@@ -10,9 +10,9 @@ static int before(void)", """
             	return 0;
             }

            -static int changed(struct sock *sk, int a)
            +static int changed(struct sock *sk, int a,
            +		   int b)
             {
             	int c;
            -	c = a;
             }

             static int after(void)
             {
            """));
        assertThat(patch.changed()).containsExactly("changed");
        assertThat(patch.added()).isEmpty();
    }

    @Test
    void aNewFunctionIsNoneOfTheUnfixedKernel() throws PatchException {
        Patch patch = Patch.parse(hunk("@@ -10,6 +10,12 @@ static int before(void)", """
             	return 0;
             }

            +static bool is_valid(int a)
            +{
            +	return a > 0;
            +}
            +
             static int user(int a)
             {
            +	if (!is_valid(a))
             	return 0;
            """));
        assertThat(patch.changed()).containsExactly("is_valid", "user");
        assertThat(patch.added()).containsExactly("is_valid");
        assertThat(patch.callersOf("is_valid")).containsExactly("user");
    }

    @Test
    void declarationsStructsAndCommentsAreInNoFunction() throws PatchException {
        Patch patch = Patch.parse(hunk("@@ -1,6 +1,7 @@ struct first {", """
             	int a;
            +	int b;
             };
            -int declared(int a);
            +int declared(int a, int b);
             /* a comment */
            +#define A_MACRO(x) (x)
             static DEFINE_MUTEX(lock);
            """));
        assertThat(patch.changed()).isEmpty();
        assertThat(patch.unnamed()).isEmpty();
    }

    @Test
    void aLabelInTheHeaderHidesTheFunction() throws PatchException {
        Patch patch = Patch.parse(hunk("@@ -50,3 +50,4 @@ out_unlock:", """
             	mutex_unlock(&lock);
            +	put_it(a);
             	return err;
             }
            """));
        assertThat(patch.changed()).isEmpty();
        assertThat(patch.unnamed()).containsExactly("a.c:51");
    }

    @Test
    void systemCallsAndMacrosThatMakeFunctionsHaveNames() throws PatchException {
        Patch patch = Patch.parse(
                hunk("@@ -1,2 +1,3 @@ SYSCALL_DEFINE3(fsconfig, int, fd, unsigned int, cmd,", """
             	a();
            +	b();
             	c();
            """)
                        + "@@ -9,2 +10,3 @@ BPF_CALL_4(bpf_skb_load_bytes, const struct sk_buff *, skb, u32, offset,\n \ta();\n+\tb();\n \tc();\n");
        assertThat(patch.changed()).containsExactly("__do_sys_fsconfig", "bpf_skb_load_bytes");
    }

    @Test
    void plainDiffsAndMailsAreRead() throws PatchException {
        String diff = """
            --- linux-6.1/net/unix/af_unix.c	2024-01-01 00:00:00.000000000 +0000
            +++ linux/net/unix/af_unix.c	2024-01-02 00:00:00.000000000 +0000
            @@ -3,2 +3,3 @@ int unix_stream_connect(struct socket *sock)
             	a = 1;
            +	b = 2;
             	c = 3;
            """;
        assertThat(Patch.parse(diff).changed()).containsExactly("unix_stream_connect");
        String mail = "From: A <a@b>\nSubject: [PATCH] x\nContent-Transfer-Encoding: %s\n\n";
        assertThat(Patch.parse(mail.formatted("quoted-printable")
                                + diff.replace("=", "=3D").replace("\tb", "=\n\tb"))
                        .changed())
                .containsExactly("unix_stream_connect");
        assertThat(Patch.parse(mail.formatted("base64")
                                + Base64.getMimeEncoder().encodeToString(diff.getBytes(StandardCharsets.UTF_8)))
                        .changed())
                .containsExactly("unix_stream_connect");
    }

    @Test
    void whatIsNoPatchOfCIsRefused() {
        assertThatThrownBy(() -> Patch.parse("Dear all,\n"))
                .isInstanceOf(PatchException.class)
                .hasMessage("it has no hunk of a unified diff");
        assertThatThrownBy(() -> Patch.parse("--- a/doc.rst\n+++ b/doc.rst\n@@ -1 +1 @@\n-a\n+b\n"))
                .isInstanceOf(PatchException.class)
                .hasMessage("it changes no C file");
        assertThatThrownBy(() -> Patch.parse("--- a/a.c\n+++ b/a.c\n@@@ -1,1 -1,1 +1,1 @@@ f(\n"))
                .isInstanceOf(PatchException.class)
                .hasMessageContaining("merge");
    }

    /** A diff of one file with one hunk, whose lengths are counted. */
    private static String hunk(String header, String body) {
        long old = body.lines().filter(l -> !l.startsWith("+")).count();
        long fresh = body.lines().filter(l -> !l.startsWith("-")).count();
        String counted = header.replaceFirst("-(\\d+),\\d+ \\+(\\d+),\\d+", "-$1," + old + " +$2," + fresh);
        return "diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n" + counted + "\n" + body;
    }
}
