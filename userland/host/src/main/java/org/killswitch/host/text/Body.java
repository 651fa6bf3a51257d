// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The instructions of a function, decoded when they are asked for. */
public final class Body {

    private final long start;
    private final List<Functions.Piece> pieces;
    private final Map<Functions.Piece, byte[]> code = new HashMap<>();
    private final Disassembler disassembler;
    private final Set<Long> bugs;
    private final Map<Long, Instruction> instructions = new HashMap<>();
    private final Set<Long> joins = new HashSet<>();
    private boolean complete;

    private Body(long start, List<Functions.Piece> pieces, Disassembler disassembler, Set<Long> bugs) {
        this.start = start;
        this.pieces = pieces;
        this.disassembler = disassembler;
        this.bugs = bugs;
    }

    /**
     * Reads a function.
     *
     * @param bugs the traps after which nothing comes
     */
    public static Body read(KernelText text, int function, Disassembler disassembler, Set<Long> bugs)
            throws IOException {
        Body body = new Body(text.functions().start(function), text.functions().pieces(function), disassembler, bugs);
        for (Functions.Piece piece : body.pieces) {
            body.code.put(piece, text.memory().read(piece.start(), (int) (piece.end() - piece.start())));
        }
        return body;
    }

    public long start() {
        return start;
    }

    /** The instruction at an address; null if it is not in the function, or not known to the disassembler. */
    public @Nullable Instruction at(long address) {
        Instruction known = instructions.get(address);
        if (known != null) {
            return known;
        }
        Functions.Piece piece = piece(address);
        Instruction decoded = piece == null
                ? null
                : disassembler
                        .decode(code.getOrDefault(piece, new byte[0]), (int) (address - piece.start()), address)
                        .orElse(null);
        if (decoded != null && bugs.contains(address)) {
            decoded = new Instruction(address, decoded.length(), decoded.text(), List.of(new Operation.Halt()));
        }
        if (decoded != null) {
            instructions.put(address, decoded);
            for (Operation operation : decoded.operations()) {
                target(operation).filter(this::has).ifPresent(joins::add);
            }
        }
        return decoded;
    }

    private static Optional<Long> target(Operation operation) {
        return switch (operation) {
            case Operation.Branch b -> Optional.of(b.target());
            case Operation.Jump j -> Optional.of(j.target());
            default -> Optional.empty();
        };
    }

    /** All that can be reached from the start without a jump through a register. */
    public Map<Long, Instruction> all() {
        if (!complete) {
            complete = true;
            Deque<Long> open = new ArrayDeque<>(List.of(start));
            Set<Long> seen = new HashSet<>();
            while (!open.isEmpty()) {
                long address = open.pop();
                Instruction next = at(address);
                while (next != null && seen.add(address) && follow(next, open)) {
                    address = next.next();
                    next = at(address);
                }
            }
        }
        return instructions;
    }

    /** Remembers where an instruction jumps to, and says whether the next one can be reached. */
    private static boolean follow(Instruction instruction, Deque<Long> open) {
        for (Operation operation : instruction.operations()) {
            target(operation).ifPresent(open::push);
            if (operation instanceof Operation.Jump
                    || operation instanceof Operation.IndirectJump
                    || operation instanceof Operation.Return
                    || operation instanceof Operation.Halt) {
                return false;
            }
        }
        return true;
    }

    /** Whether several ways may lead to an address: what was decoded so far jumps there. */
    public boolean isJoin(long address) {
        return joins.contains(address);
    }

    private Functions.@Nullable Piece piece(long address) {
        for (Functions.Piece piece : pieces) {
            if (piece.has(address)) {
                return piece;
            }
        }
        return null;
    }

    /** Whether an address is in the function. */
    public boolean has(long address) {
        return piece(address) != null;
    }

    /** "+0x1f": where an address is in the function. */
    public String offset(long address) {
        for (Functions.Piece piece : pieces.subList(1, pieces.size())) {
            if (piece.has(address)) {
                return ".cold+0x" + Long.toHexString(address - piece.start());
            }
        }
        return "+0x" + Long.toHexString(address - start);
    }
}
