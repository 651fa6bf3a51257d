// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The running kernel's text: symbols, memory, the files of modules, the call graph, and instructions in a form that does
 * not depend on the architecture.
 */
@NullMarked
package org.killswitch.host.text;

import org.jspecify.annotations.NullMarked;
