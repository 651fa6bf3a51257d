// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Takes so long that script/test leaves it to "script/dev matrix", and counts it as skipped. Of a class there would be no report. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Tag("long")
@EnabledIfSystemProperty(
        named = Kernels.MATRIX,
        matches = "true",
        disabledReason = "takes long: script/dev matrix runs it")
@interface OnlyInMatrix {}
