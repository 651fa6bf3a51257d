// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.killswitch.policy.Samples.engage;
import static org.killswitch.policy.Samples.engaged;
import static org.killswitch.policy.Samples.expiring;
import static org.killswitch.policy.Samples.guarded;
import static org.killswitch.policy.Samples.observe;
import static org.killswitch.policy.Samples.observed;
import static org.killswitch.policy.Samples.pending;
import static org.killswitch.policy.Samples.symbol;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.killswitch.control.ControlException;
import org.killswitch.control.Retval;

/** What is changed, and that it is all or nothing. */
class PlanTest {

    private final FakeOverrides module = new FakeOverrides();

    private Plan plan(Desired... desired) {
        return Plan.of(List.of(desired), module.state(), List.of());
    }

    private List<String> apply(Desired... desired) throws PolicyException, ControlException {
        module.commands.clear();
        new Applier(module).apply(plan(desired));
        return List.copyOf(module.commands);
    }

    @Test
    void theFewestChangesAndNoneTheSecondTime() throws Exception {
        module.with(
                engaged("same", -1),
                engaged("value", -1),
                observed("seen"),
                expiring("kept", -1),
                guarded("guard", -1, "uid != 0"),
                pending("m:later", -1),
                engaged("gone", -1));
        Desired[] desired = {
            engage("new", -1),
            engage("same", -1),
            engage("value", -22),
            engage("seen", -5),
            engage("kept", -1),
            engage("guard", -1, "uid != 1"),
            engage("m:later", -1),
            observe("watched")
        };
        assertThat(apply(desired))
                .containsExactly(
                        "engage new -1",
                        "observe watched",
                        "set value -22",
                        "enforce seen -5",
                        "keep kept",
                        "disengage guard",
                        "engage guard -1 when uid != 1",
                        "disengage gone");
        assertThat(apply(desired)).isEmpty();
    }

    @Test
    void aNameWithoutAModuleMeansEachThatHasIt() throws Exception {
        module.with(engaged("m:f", -1), pending("g", -1), engaged("n:h", -1), engaged("m:h", -1));
        assertThat(apply(engage("f", -1), engage("g", -1), engage("n:h", -1))).containsExactly("disengage m:h");
    }

    @Test
    void whatNeverBeginsIsNotInPlace() throws Exception {
        module.with(new Actual(
                symbol("m:f"),
                Optional.of(new Retval(-1)),
                Actual.Life.NEVER,
                false,
                Optional.empty(),
                Optional.empty()));
        assertThat(apply(engage("f", -1))).containsExactly("engage f -1", "disengage m:f");
    }

    @Test
    void aGuardThatNobodyKnowsIsReplaced() throws Exception {
        module.with(new Actual(
                symbol("f"), Optional.of(new Retval(-1)), Actual.Life.KEPT, true, Optional.empty(), Optional.empty()));
        assertThat(apply(engage("f", -1, "uid != 0"))).containsExactly("disengage f", "engage f -1 when uid != 0");
    }

    @Test
    void whatIsNotThePolicysToEndStays() {
        module.with(engaged("m:param", -1), expiring("trial", -1), engaged("gone", -1));
        Plan plan = Plan.of(List.of(), module.state(), List.of(symbol("param")));
        assertThat(plan.changes())
                .extracting(Change::line)
                .containsExactly("- gone returns -1 (EPERM) (not in the policy)");
        assertThat(plan.notes())
                .containsExactlyInAnyOrder(
                        "engaged by modprobe.d or the kernel's command line, and left as it is: m:param",
                        "trial is not in the policy and ends by itself: left as it is");
    }

    /** Whatever is refused, and whenever: the host is as it was. */
    @Test
    void allOrNothing() {
        Desired[] desired = {
            engage("new", -1), engage("value", -22), engage("seen", -5), engage("guard", -1, "uid != 1"), observe("was")
        };
        List<String> steps = List.of(
                "engage new -1",
                "set value -22",
                "enforce seen -5",
                "engage guard -1 when uid != 1",
                "disengage gone",
                "disengage other");
        for (String step : steps) {
            FakeOverrides fresh = new FakeOverrides()
                    .with(
                            engaged("value", -1),
                            observed("seen"),
                            guarded("guard", -1, "uid != 0"),
                            observed("was"),
                            engaged("gone", -1),
                            guarded("other", -7, "pid == 1"));
            Map<?, ?> before = Map.copyOf(fresh.engaged);
            fresh.refused.add(step);
            Plan plan = Plan.of(List.of(desired), fresh.state(), List.of());
            assertThatThrownBy(() -> new Applier(fresh).apply(plan))
                    .isInstanceOf(PolicyException.class)
                    .hasMessageContaining("cannot " + step)
                    .hasMessageContaining(step.startsWith("engage new") ? "nothing was changed" : "taken back");
            assertThat(fresh.engaged).as(step).isEqualTo(before);
        }
    }

    @Test
    void whatIsWrongIsFoundBeforeAnythingIsChanged() {
        module.refused.add("check g");
        assertThatThrownBy(() -> apply(engage("f", -1), engage("g", -1, "nonsense")))
                .hasMessage("p:1: the guard is wrong; nothing was changed");
        assertThat(module.commands).isEmpty();
    }

    @Test
    void sealedAndLockedAreFoundBeforeAnythingIsChanged() throws Exception {
        module.with(engaged("f", -1), engaged("gone", -1));
        module.sealed = true;
        assertThatThrownBy(() -> apply(engage("f", -1), engage("new", -1))).hasMessageContaining("is sealed");
        assertThat(module.commands).isEmpty();
        // what only begins is no matter of the seal
        assertThat(apply(engage("f", -1), engage("gone", -1), engage("new", -1)))
                .containsExactly("engage new -1");
        module.locked = true;
        assertThatThrownBy(() -> apply(engage("f", -1), engage("gone", -1), engage("new", -1), engage("more", -1)))
                .hasMessageContaining("is locked");
    }
}
