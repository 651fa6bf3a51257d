package org.killswitch.guard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.killswitch.bpf.BpfException;
import org.killswitch.bpf.TestObjects;
import org.killswitch.host.btf.Btf;
import org.killswitch.host.btf.BtfException;
import org.killswitch.host.btf.BtfKind;

/** The types of src/test/bpf/types.bpf.c, and its function {@code target}. */
final class TestScope {

    private TestScope() {}

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
        return new BtfScope(btf, "target", prototype, "", new BtfScope.Surroundings() {
            @Override
            public OptionalLong initialNetworkNamespace() {
                return OptionalLong.of(4026531840L);
            }

            @Override
            public OptionalLong controlGroup(String path) {
                return path.equals("/system.slice") ? OptionalLong.of(77) : OptionalLong.empty();
            }
        });
    }
}
