// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.killswitch.control.FakeTree.symbol;

import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.killswitch.posix.Errno;
import org.killswitch.posix.ErrnoException;

class RefusalsTest {

    private static final Refusals.Facts NONE = facts(Refusals.Listed.NO, false);

    private static Refusals.Facts facts(Refusals.Listed listed, boolean sealed) {
        return new Refusals.Facts(Optional.empty(), Optional.empty(), listed, sealed, false);
    }

    private static Refusals.Facts said(String reason) {
        return new Refusals.Facts(Optional.of("integrity"), Optional.of(reason), Refusals.Listed.NO, true, true);
    }

    private static String engage(Errno errno, Refusals.Facts facts) {
        ControlException e = Refusals.engage(symbol("f"), new Retval(-1), errno.number(), facts);
        assertThat(e.errno()).contains(errno);
        return String.valueOf(e.getMessage());
    }

    private static Refusals.Facts locked(String level) {
        return new Refusals.Facts(Optional.of(level), Optional.empty(), Refusals.Listed.NO, false, false);
    }

    @ParameterizedTest
    @CsvSource({
        "EPERM, run it as root",
        "EACCES, run it as root",
        "ENOENT, /proc/kallsyms",
        "EBUSY, livepatch",
        "EADDRNOTAVAIL, <module>:<symbol>",
        "EINVAL, cannot hook this function (EINVAL)",
        "EOPNOTSUPP, cannot hook this function (EOPNOTSUPP)",
        "ENOMEM, out of memory",
        "EIO, the kernel answered EIO",
    })
    void saysWhyAndWhatToDo(Errno errno, String hint) {
        assertThat(engage(errno, NONE)).startsWith("cannot engage f: ").contains(hint);
    }

    @Test
    void saysWhatALockedDownKernelStillAllows() {
        assertThat(engage(Errno.EPERM, locked("integrity"))).contains("options killswitch engage=f=-1", "add up");
        assertThat(engage(Errno.EPERM, locked("confidentiality")))
                .contains("lets nothing be engaged")
                .doesNotContain("options killswitch");
        assertThat(engage(Errno.EPERM, locked("none"))).contains("run it as root");
    }

    @Test
    void passesOnWhatTheKernelSays() {
        assertThat(engage(Errno.EBUSY, said("already engaged as m:f"))).contains("already engaged as m:f");
        assertThat(engage(Errno.EINVAL, said("killswitch needs it"))).isEqualTo("cannot engage f: killswitch needs it");
    }

    /** A rule of the module is the reason, whatever else would be one, too. */
    @Test
    void aRuleOfTheModuleIsTheReason() {
        int eperm = Errno.EPERM.number();
        Refusals.Facts rule = said("it decides about permission, and only 0 denies");
        assertThat(engage(Errno.EPERM, rule))
                .isEqualTo("cannot engage f: it decides about permission, and only 0 denies");
        assertThat(Refusals.enforce(symbol("f"), eperm, rule)).hasMessageEndingWith("only 0 denies");
        assertThat(Refusals.observe(symbol("f"), eperm, rule)).hasMessageEndingWith("only 0 denies");
        assertThat(Refusals.set(symbol("f"), eperm, rule)).hasMessageEndingWith("only 0 denies");
    }

    @Test
    void knowsTheLock() {
        int eperm = Errno.EPERM.number();
        Refusals.Facts locked =
                new Refusals.Facts(Optional.of("none"), Optional.empty(), Refusals.Listed.NO, false, true);
        assertThat(engage(Errno.EPERM, locked)).contains("is locked").doesNotContain("root");
        assertThat(Refusals.observe(symbol("f"), eperm, locked)).hasMessageContaining("is locked");
        assertThat(Refusals.enforce(symbol("f"), eperm, locked)).hasMessageContaining("is locked");
        assertThat(Refusals.engageBpf(symbol("f"), eperm, locked)).hasMessageContaining("is locked");
        assertThat(Refusals.lock(eperm)).hasMessageContaining("run it as root");
    }

    @Test
    void knowsWhatEnforcingAsks() {
        assertThat(Refusals.enforce(symbol("f"), Errno.ENOENT.number(), NONE))
                .hasMessageStartingWith("cannot enforce f: it is not observed");
        assertThat(Refusals.enforce(symbol("f"), Errno.EPERM.number(), locked("integrity")))
                .hasMessageContaining("locked down");
        assertThat(Refusals.enforce(symbol("f"), Errno.EPERM.number(), NONE)).hasMessageContaining("run it as root");
    }

    @Test
    void knowsWhatANewValueAsks() {
        assertThat(Refusals.set(symbol("f"), Errno.ENOENT.number(), NONE)).hasMessageContaining("not engaged");
        assertThat(Refusals.set(symbol("f"), Errno.ENOENT.number(), facts(Refusals.Listed.PENDING, false)))
                .hasMessageContaining("pending");
        assertThat(Refusals.set(symbol("f"), Errno.EPERM.number(), facts(Refusals.Listed.ENGAGED, true)))
                .hasMessageContaining("sealed");
        assertThat(Refusals.set(symbol("f"), Errno.EACCES.number(), NONE)).hasMessageContaining("run it as root");
    }

    @Test
    void saysHowToChangeTheValueOfWhatIsEngaged() {
        assertThat(engage(Errno.EBUSY, facts(Refusals.Listed.ENGAGED, false))).contains("killswitch set f");
        assertThat(engage(Errno.EBUSY, facts(Refusals.Listed.OBSERVED, false))).contains("killswitch enforce f");
    }

    @Test
    void saysHowToChangeTheValueOfWhatIsPending() {
        assertThat(engage(Errno.EBUSY, facts(Refusals.Listed.PENDING, false)))
                .contains("pending already")
                .contains("killswitch disengage f");
    }

    @Test
    void knowsTheSeal() {
        int eperm = Errno.EPERM.number();
        Refusals.Facts sealed = facts(Refusals.Listed.ENGAGED, true);
        assertThat(Refusals.disengage(symbol("f"), eperm, sealed)).hasMessageContaining("sealed");
        assertThat(Refusals.disengage(symbol("f"), Errno.EACCES.number(), sealed))
                .hasMessageContaining("run it as root");
        assertThat(Refusals.disengageAll(eperm, true)).hasMessageContaining("sealed");
        assertThat(engage(Errno.EPERM, sealed)).contains("leave out --for");
        assertThat(Refusals.seal(Errno.EBUSY.number(), Optional.of("the guard of f could be changed")))
                .hasMessageContaining("cannot seal: the guard of f could be changed");
        assertThat(Refusals.seal(Errno.EBUSY.number(), Optional.empty())).hasMessageContaining("for a time only");
        assertThat(Refusals.seal(Errno.EACCES.number(), Optional.empty())).hasMessageContaining("run it as root");
    }

    @Test
    void knowsWhatKeepingAsks() {
        assertThat(Refusals.keep(symbol("f"), Errno.ENOENT.number(), NONE))
                .hasMessageStartingWith("cannot keep f: it is not engaged");
        assertThat(Refusals.keep(symbol("f"), Errno.EINVAL.number(), NONE)).hasMessageContaining("no countdown");
        assertThat(Refusals.keep(symbol("f"), Errno.EPERM.number(), locked("integrity")))
                .hasMessageContaining("locked down");
        assertThat(Refusals.keep(symbol("f"), Errno.EPERM.number(), NONE)).hasMessageContaining("run it as root");
    }

    @Test
    void knowsWhatDisengagingAsks() {
        assertThat(Refusals.disengage(symbol("f"), Errno.ENOENT.number(), NONE))
                .hasMessage("cannot disengage f: it is not engaged; see what is: killswitch status");
        assertThat(Refusals.disengage(symbol("f"), Errno.EPERM.number(), locked("integrity")))
                .hasMessageContaining("run it as root");
        assertThat(Refusals.disengageAll(Errno.EACCES.number(), false)).hasMessageContaining("run it as root");
    }

    /** An error that nobody thought of still says what was refused, and with which errno. */
    @Property
    void namesTheFunctionAndAnErrnoThatNobodyThoughtOf(@ForAll @IntRange(min = 134, max = 4095) int errno) {
        String answer = "the kernel answered " + ErrnoException.describe(errno);
        for (ControlException refusal : List.of(
                Refusals.engage(symbol("f"), new Retval(-1), errno, NONE),
                Refusals.disengage(symbol("f"), errno, NONE),
                Refusals.keep(symbol("f"), errno, NONE),
                Refusals.observe(symbol("f"), errno, NONE),
                Refusals.enforce(symbol("f"), errno, NONE),
                Refusals.set(symbol("f"), errno, NONE))) {
            assertThat(refusal)
                    .hasMessageContainingAll(" f: ", answer, Integer.toString(errno))
                    .message()
                    .hasLineCount(1);
        }
        assertThat(Refusals.seal(errno, Optional.empty())).hasMessageContaining(answer);
        assertThat(Refusals.lock(errno)).hasMessageContaining(answer);
        assertThat(Refusals.disengageAll(errno, false)).hasMessageContaining(answer);
    }
}
