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

class RefusalsTest {

    private static final Refusals.Facts NONE = facts(Refusals.Listed.NO, false);

    private static Refusals.Facts facts(Refusals.Listed listed, boolean sealed) {
        return new Refusals.Facts(Optional.empty(), Optional.empty(), listed, sealed);
    }

    private static String engage(Errno errno, Refusals.Facts facts) {
        ControlException e = Refusals.engage(symbol("f"), new Retval(-1), errno.number(), facts);
        assertThat(e.errno()).contains(errno);
        return String.valueOf(e.getMessage());
    }

    private static Refusals.Facts locked(String level) {
        return new Refusals.Facts(Optional.of(level), Optional.empty(), Refusals.Listed.NO, false);
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
        assertThat(engage(Errno.EPERM, locked("integrity"))).contains("options killswitch engage=f=-1");
        assertThat(engage(Errno.EPERM, locked("confidentiality")))
                .contains("lets nothing be engaged")
                .doesNotContain("options killswitch");
        assertThat(engage(Errno.EPERM, locked("none"))).contains("run it as root");
    }

    @Test
    void passesOnWhatTheKernelSays() {
        Refusals.Facts facts =
                new Refusals.Facts(Optional.empty(), Optional.of("already engaged as m:f"), Refusals.Listed.NO, false);
        assertThat(engage(Errno.EBUSY, facts)).contains("already engaged as m:f");
    }

    @Test
    void saysHowToChangeTheValueOfWhatIsEngaged() {
        assertThat(engage(Errno.EBUSY, facts(Refusals.Listed.ENGAGED, false))).contains("fn/f/retval");
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
        assertThat(Refusals.seal(Errno.EBUSY.number(), List.of(symbol("f"), symbol("g"))))
                .hasMessageContaining("f, g is engaged for a time only")
                .hasMessageContaining("killswitch keep");
        assertThat(Refusals.seal(Errno.EACCES.number(), List.of())).hasMessageContaining("run it as root");
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

    @Property
    void isOneLineWhateverTheErrno(@ForAll @IntRange(min = 1, max = 4095) int errno) {
        assertThat(Refusals.engage(symbol("f"), new Retval(-1), errno, NONE))
                .message()
                .doesNotContain("\n");
        assertThat(Refusals.disengage(symbol("f"), errno, NONE)).message().doesNotContain("\n");
        assertThat(Refusals.disengageAll(errno, false)).message().doesNotContain("\n");
        assertThat(Refusals.keep(symbol("f"), errno, NONE)).message().doesNotContain("\n");
        assertThat(Refusals.seal(errno, List.of())).message().doesNotContain("\n");
    }
}
