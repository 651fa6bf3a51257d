/**
 * BPF without a compiler or a C helper: libbpf through the FFM API, guards compiled from expressions, and what is pinned
 * for killswitch in the BPF file system.
 */
@NullMarked
package org.killswitch.bpf;

import org.jspecify.annotations.NullMarked;
