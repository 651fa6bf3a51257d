package org.killswitch.bpf;

import java.util.List;

/** What an expression is compiled to, and for each instruction the part of the expression that it is for. */
record Program(List<Insn> insns, List<Span> sources) {}
