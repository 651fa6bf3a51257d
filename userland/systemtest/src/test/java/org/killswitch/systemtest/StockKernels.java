package org.killswitch.systemtest;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.provider.ValueSource;

/** Once for every stock kernel that killswitch supports. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ValueSource(strings = {"6.1", "6.12"})
@interface StockKernels {}
