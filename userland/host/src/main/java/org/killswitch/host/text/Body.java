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

/**
 * The instructions of a function that can be reached from its start without a jump through a register.
 *
 * @param instructions by their addresses
 * @param joins addresses that several ways may lead to: the targets of jumps
 * @param gaps where there was no instruction that the disassembler knows
 */
public record Body(
        long start,
        List<Functions.Piece> pieces,
        Map<Long, Instruction> instructions,
        Set<Long> joins,
        Set<Long> gaps) {

    /** Reads and decodes a function. */
    public static Body read(KernelText text, int function, Disassembler disassembler) throws IOException {
        List<Functions.Piece> pieces = text.functions().pieces(function);
        Map<Functions.Piece, byte[]> code = new HashMap<>();
        for (Functions.Piece piece : pieces) {
            code.put(piece, text.memory().read(piece.start(), (int) (piece.end() - piece.start())));
        }
        return decode(text.functions().start(function), pieces, code, disassembler);
    }

    private static Body decode(
            long start, List<Functions.Piece> pieces, Map<Functions.Piece, byte[]> code, Disassembler disassembler) {
        Body body = new Body(start, pieces, new HashMap<>(), new HashSet<>(), new HashSet<>());
        Deque<Long> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            long at = open.pop();
            while (!body.instructions.containsKey(at)) {
                Optional<Functions.Piece> piece = body.piece(at);
                if (piece.isEmpty()) {
                    break;
                }
                Optional<Instruction> decoded =
                        disassembler.decode(code.get(piece.get()), (int) (at - piece.get().start()), at);
                if (decoded.isEmpty()) {
                    body.gaps.add(at);
                    break;
                }
                body.instructions.put(at, decoded.get());
                if (!body.follow(decoded.get(), open)) {
                    break;
                }
                at = decoded.get().next();
            }
        }
        return body;
    }

    /** Remembers where an instruction jumps to, and says whether the next one can be reached. */
    private boolean follow(Instruction instruction, Deque<Long> open) {
        for (Operation operation : instruction.operations()) {
            switch (operation) {
                case Operation.Branch b -> jump(b.target(), open);
                case Operation.Jump j -> {
                    jump(j.target(), open);
                    return false;
                }
                case Operation.IndirectJump j -> {
                    return false;
                }
                case Operation.Return r -> {
                    return false;
                }
                case Operation.Halt h -> {
                    return false;
                }
                default -> {
                    // Goes on.
                }
            }
        }
        return true;
    }

    private void jump(long target, Deque<Long> open) {
        if (has(target)) {
            joins.add(target);
            open.push(target);
        }
    }

    private Optional<Functions.Piece> piece(long address) {
        return pieces.stream().filter(p -> p.has(address)).findFirst();
    }

    /** Whether an address is in the function. */
    public boolean has(long address) {
        return piece(address).isPresent();
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
