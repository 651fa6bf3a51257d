// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.killswitch.bpf.BpfException;
import org.killswitch.bpf.TestObjects;
import org.killswitch.guard.code.Registers;
import org.killswitch.host.btf.Btf;
import org.killswitch.host.btf.BtfException;
import org.killswitch.host.btf.BtfKind;

/** The types of src/test/bpf/types.bpf.c, and its function {@code target}. */
final class TestScope {

    private TestScope() {}

    /** Compiles for x86_64. */
    static Guard guard(String expression) throws GuardException {
        return Guard.compile(expression, compiled(), Registers.X86_64, Guard.Unread.OVERRIDE);
    }

    /** Compiled when first asked for. */
    static GuardScope compiled() {
        return Once.TYPES;
    }

    private static final class Once {
        static final GuardScope TYPES = compile();

        private static GuardScope compile() {
            try {
                Path object = Files.createTempFile("types", ".bpf.o");
                TestObjects.compileTo("types", object);
                GuardScope types = of(Files.readAllBytes(object));
                Files.delete(object);
                return types;
            } catch (IOException | BpfException | BtfException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The types in a compiled object. */
    static GuardScope of(byte[] object) throws BpfException, BtfException {
        Btf btf = Btf.of(TestObjects.section(object, ".BTF"));
        OptionalInt function = btf.find(BtfKind.FUNC, "target");
        OptionalInt prototype = OptionalInt.of(btf.target(function.orElseThrow()));
        return new BtfScope(btf, "target", prototype, "", List.of(), new FakeHost());
    }

    /** A host with a few things. */
    private static final class FakeHost implements Surroundings {
        @Override
        public OptionalLong initialNamespace(String name) {
            return OptionalLong.of(name.equals("user") ? 0xEFFF_FFFDL : 4026531840L);
        }

        @Override
        public OptionalLong controlGroup(String path) {
            return path.equals("system.slice") ? OptionalLong.of(77) : OptionalLong.empty();
        }

        @Override
        public boolean hasControlGroups() {
            return true;
        }

        @Override
        public Optional<FileId> file(String path) {
            return path.equals("/bin/allowed") ? Optional.of(new FileId(4711, 8 << 20 | 1)) : Optional.empty();
        }
    }
}
