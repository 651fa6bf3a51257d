// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * BPF without a compiler or a C helper: libbpf through the FFM API, the loader of override programs, and what is pinned
 * for killswitch in the BPF file system.
 */
@NullMarked
package org.killswitch.bpf;

import org.jspecify.annotations.NullMarked;
