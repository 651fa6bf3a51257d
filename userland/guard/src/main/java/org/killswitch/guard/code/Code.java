// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard.code;

import java.util.List;
import org.killswitch.bpf.Insn;
import org.killswitch.guard.Span;

/** What an expression is compiled to, and for each instruction the part of the expression that it is for. */
public record Code(List<Insn> insns, List<Span> sources) {}
