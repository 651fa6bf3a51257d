// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.killswitch.posix.Architecture;

/** What is known of system calls. */
class SystemCallsTest {

    private static Optional<SystemCalls.Doors> doors(
            String symbol, boolean byArguments, Architecture architecture, String... present) throws IOException {
        return SystemCalls.doors(symbol, byArguments, architecture, wanted -> {
            Set<String> found = new HashSet<>(Set.of(present));
            found.retainAll(wanted);
            return found;
        });
    }

    @Test
    void entriesHaveTheArgumentsOfTheSystemCall() {
        SystemCalls.Entry entry = SystemCalls.entry("__x64_sys_connect").orElseThrow();
        assertThat(entry.registers()).isEqualTo(SystemCalls.Registers.X86_64);
        assertThat(entry.parameters())
                .containsExactly(
                        new SystemCalls.Parameter("int", "fd"),
                        new SystemCalls.Parameter("struct sockaddr *", "uservaddr"),
                        new SystemCalls.Parameter("int", "addrlen"));
        assertThat(SystemCalls.entry("__ia32_sys_getpid").orElseThrow().parameters())
                .isEmpty();
        assertThat(SystemCalls.entry("__arm64_sys_clone")
                        .orElseThrow()
                        .parameters()
                        .get(3)
                        .name())
                .isEqualTo("tls");
        assertThat(SystemCalls.entry("__x64_sys_clone")
                        .orElseThrow()
                        .parameters()
                        .get(4)
                        .name())
                .isEqualTo("tls");
        assertThat(SystemCalls.entry("__sys_socket")).isEmpty();
        assertThat(SystemCalls.entry("__ia32_compat_sys_ioctl")).isEmpty();
    }

    @Test
    void aSystemCallIsEnteredByMoreThanOneDoor() throws IOException {
        String[] all = {
            "__x64_sys_socket", "__ia32_sys_socket", "__ia32_compat_sys_socketcall", "io_socket", "__sys_socket"
        };
        for (String name : List.of("socket", "sys_socket")) {
            SystemCalls.Doors doors =
                    doors(name, true, Architecture.X86_64, all).orElseThrow();
            assertThat(doors.engaged()).containsExactly("__x64_sys_socket", "__ia32_sys_socket");
            assertThat(doors.open())
                    .containsExactly(
                            "32-bit programs through socketcall() (__ia32_compat_sys_socketcall)",
                            "io_uring (io_socket)");
        }
        SystemCalls.Doors one =
                doors("__x64_sys_socket", true, Architecture.X86_64, all).orElseThrow();
        assertThat(one.engaged()).containsExactly("__x64_sys_socket");
        assertThat(one.open()).hasSize(3).contains("32-bit programs (__ia32_sys_socket)");
    }

    @Test
    void anEntryWithOtherStructuresIsClosedOnlyWhereNobodyAsksForThem() throws IOException {
        String[] all = {"__x64_sys_ioctl", "__ia32_sys_ioctl", "__ia32_compat_sys_ioctl"};
        assertThat(doors("ioctl", true, Architecture.X86_64, all).orElseThrow())
                .isEqualTo(new SystemCalls.Doors(
                        List.of("__x64_sys_ioctl"),
                        List.of("32-bit programs (__ia32_compat_sys_ioctl, whose arguments differ)")));
        assertThat(doors("ioctl", false, Architecture.X86_64, all).orElseThrow())
                .isEqualTo(new SystemCalls.Doors(List.of("__x64_sys_ioctl", "__ia32_compat_sys_ioctl"), List.of()));
    }

    @Test
    void whatIsAFunctionOfThatNameIsNoSystemCall() throws IOException {
        assertThat(doors("bind", true, Architecture.X86_64, "bind", "__x64_sys_bind"))
                .isEmpty();
        assertThat(doors("af_alg_sendmsg", true, Architecture.X86_64, "af_alg_sendmsg"))
                .isEmpty();
        assertThat(doors("modify_ldt", true, Architecture.ARM64, "__arm64_sys_socket"))
                .isEmpty();
        assertThat(doors("socket", true, Architecture.ARM64, "__arm64_sys_socket")
                        .orElseThrow())
                .isEqualTo(new SystemCalls.Doors(List.of("__arm64_sys_socket"), List.of()));
        assertThat(doors("socket", true, Architecture.RISCV64, "__riscv_sys_socket")
                        .orElseThrow())
                .isEqualTo(new SystemCalls.Doors(List.of("__riscv_sys_socket"), List.of()));
        assertThat(SystemCalls.entry("__riscv_sys_socket")).isEmpty();
    }
}
