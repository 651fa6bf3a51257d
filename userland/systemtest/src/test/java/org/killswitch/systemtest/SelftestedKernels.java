// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** Once for each kernel of the selftests and the lists, which are more than the rest of the suite runs on: see {@link Kernels}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag(Kernels.TAG)
@ArgumentsSource(Kernels.Selftested.class)
@interface SelftestedKernels {}
