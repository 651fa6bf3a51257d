// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A kernel that the lab builds: it is what its configuration says, and the module works on it as on a stock one. */
@Tag("long")
final class BuiltKernelTest extends SharedGuest {

    private static final String DEBUG = "/sys/kernel/debug/";

    BuiltKernelTest() {
        super("6.12-errinj");
    }

    @AfterEach
    void nothingIsLeft() {
        control("disengage_all");
        assertThat(fire(1)).isEqualTo("ok 1");
    }

    @Test
    void itSaysWhatItIs() {
        assertThat(require("uname -r")).matches("6\\.12\\.\\d+-errinj\n");
        assertThat(require("zcat /proc/config.gz").lines())
                .contains(
                        "CONFIG_FUNCTION_ERROR_INJECTION=y",
                        "CONFIG_BPF_KPROBE_OVERRIDE=y",
                        "CONFIG_FAIL_FUNCTION=y",
                        "CONFIG_DEBUG_INFO_BTF_MODULES=y");
    }

    @Test
    void itFailsTheFunctionsThatMayFail() {
        String folder = DEBUG + "fail_function";
        assertThat(require("cat " + DEBUG + "error_injection/list")).containsPattern("(?m)^__x64_sys_symlink\\s");
        try {
            // -ENOSPC, of every call
            require("""
                    cd %s && echo 0 > verbose && echo 100 > probability && echo -1 > times &&
                    echo __x64_sys_symlink > inject && echo 0xffffffffffffffe4 > __x64_sys_symlink/retval
                    """.formatted(folder));
            assertThat(sh("ln -s target /tmp/link").output()).contains("No space left on device");
        } finally {
            require("echo > " + folder + "/inject");
        }
        require("ln -s target /tmp/link && rm /tmp/link");
    }

    @Test
    void theModuleOverridesAsOnAStockKernel() {
        assertThat(fire(0xC0FFEE)).isEqualTo("EBADMSG");
        assertThat(control("engage ks_test_vuln -1")).startsWith("ok");
        assertThat(fire(0xC0FFEE)).isEqualTo("EPERM");
        assertThat(read("fn/ks_test_vuln/backend")).isEqualTo(features.backend() + "\n");
        assertThat(read("engaged")).isEqualTo("ks_test_vuln retval=-1 hits=1\n");
        assertThat(control("disengage ks_test_vuln")).startsWith("ok");
        assertThat(fire(0xC0FFEE)).isEqualTo("EBADMSG");
    }
}
