package org.killswitch.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.killswitch.control.FakeTree.symbol;

import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalsTest {

    private static final Refusals.Facts NONE = new Refusals.Facts(Optional.empty(), Optional.empty(), false);

    private static String engage(Errno errno, Refusals.Facts facts) {
        ControlException e = Refusals.engage(symbol("f"), new Retval(-1), errno.number(), facts);
        assertThat(e.errno()).contains(errno);
        return String.valueOf(e.getMessage());
    }

    private static Refusals.Facts locked(String level) {
        return new Refusals.Facts(Optional.of(level), Optional.empty(), false);
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
        Refusals.Facts facts = new Refusals.Facts(Optional.empty(), Optional.of("already engaged as m:f"), false);
        assertThat(engage(Errno.EBUSY, facts)).contains("already engaged as m:f");
    }

    @Test
    void saysHowToChangeTheValueOfWhatIsEngaged() {
        assertThat(engage(Errno.EBUSY, new Refusals.Facts(Optional.empty(), Optional.empty(), true)))
                .contains("fn/f/retval");
    }

    @Test
    void knowsWhatDisengagingAsks() {
        assertThat(Refusals.disengage(symbol("f"), Errno.ENOENT.number(), NONE))
                .hasMessage("cannot disengage f: it is not engaged; see what is: killswitch status");
        assertThat(Refusals.disengage(symbol("f"), Errno.EPERM.number(), locked("integrity")))
                .hasMessageContaining("run it as root");
        assertThat(Refusals.disengageAll(Errno.EACCES.number())).hasMessageContaining("run it as root");
    }

    @Property
    void isOneLineWhateverTheErrno(@ForAll @IntRange(min = 1, max = 4095) int errno) {
        assertThat(Refusals.engage(symbol("f"), new Retval(-1), errno, NONE))
                .message()
                .doesNotContain("\n");
        assertThat(Refusals.disengage(symbol("f"), errno, NONE)).message().doesNotContain("\n");
        assertThat(Refusals.disengageAll(errno)).message().doesNotContain("\n");
    }
}
