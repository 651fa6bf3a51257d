// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.killswitch.host.text.Operand.Binary;
import org.killswitch.host.text.Operand.Choice;
import org.killswitch.host.text.Operand.Extended;
import org.killswitch.host.text.Operand.Immediate;
import org.killswitch.host.text.Operand.Operator;
import org.killswitch.host.text.Operand.Place;
import org.killswitch.host.text.Operand.Register;
import org.killswitch.host.text.Operation.Branch;
import org.killswitch.host.text.Operation.Call;
import org.killswitch.host.text.Operation.Clobber;
import org.killswitch.host.text.Operation.Compare;
import org.killswitch.host.text.Operation.Condition;
import org.killswitch.host.text.Operation.Set;
import org.killswitch.host.text.Operation.Store;

/** What instructions do, as libcapstone and the lifters say. */
class CapstoneTest {

    private static final long AT = 0xffffffff81000000L;

    private static Instruction decode(Machine machine, String hex) throws Capstone.UnavailableException {
        try (Capstone capstone = Capstone.open(machine)) {
            return capstone.decode(HexFormat.of().parseHex(hex), 0, AT).orElseThrow();
        }
    }

    private static Place place(int base, long displacement, int bits) {
        return new Place(base, -1, 1, displacement, bits, false, false);
    }

    static Stream<Arguments> x86() {
        Register eax = new Register(0, 32);
        Register rbx = new Register(3, 64);
        return Stream.of(
                Arguments.of("b8eaffffff", List.of(new Set(0, new Immediate(-22), false))),
                Arguments.of("48c7c0eaffffff", List.of(new Set(0, new Immediate(-22), false))),
                Arguments.of("31c0", List.of(new Set(0, new Immediate(0), true))),
                Arguments.of("4889d8", List.of(new Set(0, rbx, false))),
                Arguments.of("488b4328", List.of(new Set(0, place(3, 0x28, 64), false))),
                Arguments.of("488943f0", List.of(new Store(place(3, -0x10, 64), new Register(0, 64)))),
                Arguments.of("85c0", List.of(new Compare(eax, eax, true, 32))),
                Arguments.of(
                        "483d00f0ffff", List.of(new Compare(new Register(0, 64), new Immediate(-4096), false, 64))),
                Arguments.of("0f8600010000", List.of(new Branch(Condition.BELOW_OR_EQUAL, AT + 0x106))),
                Arguments.of("e8fb0f0000", List.of(new Call(AT + 0x1000))),
                Arguments.of("ffd0", List.of(new Operation.IndirectCall())),
                Arguments.of("c3", List.of(new Operation.Return())),
                Arguments.of("0f0b", List.of(new Operation.Trap())),
                Arguments.of("0f44c3", List.of(new Set(0, new Choice(eax, new Register(3, 32)), false))),
                Arguments.of("0f94c0", List.of(new Set(0, new Choice(new Immediate(0), new Immediate(1)), false))),
                Arguments.of("0fb6c0", List.of(new Set(0, new Extended(new Register(0, 8), 8, false), false))),
                Arguments.of(
                        "83e0f3", List.of(new Set(0, new Binary(Operator.AND, eax, new Immediate(-13), 32), true))),
                Arguments.of("0f31", List.of(new Clobber(List.of(0, 2), false))),
                Arguments.of("f30f1efa", List.of()));
    }

    @ParameterizedTest
    @MethodSource
    void x86(String hex, List<Operation> expected) throws Capstone.UnavailableException {
        Instruction instruction = decode(Machine.X86_64, hex);
        assertThat(instruction.operations()).as(instruction.text()).isEqualTo(expected);
        assertThat(instruction.length()).isEqualTo(hex.length() / 2);
    }

    static Stream<Arguments> arm64() {
        Register w0 = new Register(0, 32);
        Register x0 = new Register(0, 64);
        return Stream.of(
                Arguments.of("a0028012", List.of(new Set(0, new Immediate(-22), false))), // mov w0, #-22
                Arguments.of("00008052", List.of(new Set(0, new Immediate(0), false))),
                Arguments.of("e00313aa", List.of(new Set(0, new Register(19, 64), false))),
                Arguments.of("601640f9", List.of(new Set(0, place(19, 0x28, 64), false))),
                Arguments.of("600240b9", List.of(new Set(0, place(19, 0, 32), false))),
                Arguments.of("60020039", List.of(new Store(place(19, 0, 8), w0))),
                Arguments.of(
                        "40000034",
                        List.of(new Compare(w0, new Immediate(0), false, 32), new Branch(Condition.EQUAL, AT + 8))),
                Arguments.of(
                        "4000f837",
                        List.of(new Compare(w0, new Immediate(0), false, 32), new Branch(Condition.NEGATIVE, AT + 8))),
                Arguments.of("1f0440b1", List.of(new Compare(x0, new Immediate(-4096), false, 64))),
                Arguments.of("42000054", List.of(new Branch(Condition.ABOVE_OR_EQUAL, AT + 8))),
                Arguments.of("00040094", List.of(new Call(AT + 0x1000))),
                Arguments.of("c0035fd6", List.of(new Operation.Return())),
                Arguments.of("000021d4", List.of(new Operation.Trap())),
                Arguments.of(
                        "e0079f1a",
                        List.of(new Set(0, new Choice(new Immediate(0), new Immediate(1)), false))), // cset w0, ne
                Arguments.of(
                        "fd7bbda9",
                        List.of(
                                new Store(place(31, -0x30, 64), new Register(29, 64)),
                                new Store(place(31, -0x28, 64), new Register(30, 64)),
                                new Set(
                                        31,
                                        new Binary(Operator.ADD, new Register(31, 64), new Immediate(-0x30), 64),
                                        false))),
                Arguments.of("3f2303d5", List.of())); // paciasp
    }

    @ParameterizedTest
    @MethodSource
    void arm64(String hex, List<Operation> expected) throws Capstone.UnavailableException {
        Instruction instruction = decode(Machine.ARM64, hex);
        assertThat(instruction.operations()).as(instruction.text()).isEqualTo(expected);
    }

    @Test
    void whatIsNoInstructionIsNone() throws Capstone.UnavailableException {
        try (Capstone capstone = Capstone.open(Machine.X86_64)) {
            assertThat(capstone.decode(new byte[] {0x06}, 0, AT)).isEmpty();
            assertThat(capstone.decode(new byte[] {0x48}, 0, AT)).isEmpty();
            assertThat(capstone.decode(new byte[0], 0, AT)).isEmpty();
        }
    }
}
