// SPDX-License-Identifier: GPL-2.0-or-later
/** Tools for this repository, never installed: benchmarks, the tests on all kernels, and what the build itself runs. */
@NullMarked
package org.killswitch.dev;

import org.jspecify.annotations.NullMarked;
