package org.killswitch.bpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.killswitch.host.btf.Btf;
import org.killswitch.host.btf.BtfException;
import org.killswitch.host.btf.BtfKind;

/** The types of src/test/bpf/types.bpf.c, and its function {@code target}. */
final class TestTypes {

    private TestTypes() {}

    /** Compiled when first asked for. */
    static Types compiled() {
        return Once.TYPES;
    }

    private static final class Once {
        static final Types TYPES = compile();

        private static Types compile() {
            try {
                Path object = Files.createTempFile("types", ".bpf.o");
                compileTo("types", object);
                Types types = of(Files.readAllBytes(object));
                Files.delete(object);
                return types;
            } catch (IOException | BpfException | BtfException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Compiles a program of src/test/bpf. */
    static void compileTo(String name, Path object) throws IOException {
        Path source = Path.of("src/test/bpf/" + name + ".bpf.c").toAbsolutePath();
        Process clang = new ProcessBuilder(List.of(
                        "clang",
                        "-O2",
                        "-g",
                        "-target",
                        "bpf",
                        "-D__TARGET_ARCH_x86",
                        "-I/usr/include/x86_64-linux-gnu",
                        "-I/usr/include/aarch64-linux-gnu",
                        "-c",
                        source.toString(),
                        "-o",
                        object.toString()))
                .inheritIO()
                .start();
        if (clang.onExit().join().exitValue() != 0) {
            throw new IOException(source + " does not compile");
        }
    }

    /** The types in a compiled object. */
    static Types of(byte[] object) throws BpfException, BtfException {
        Btf btf = Btf.of(BpfElf.section(Path.of("types.bpf.o"), object, ".BTF").orElseThrow());
        OptionalInt function = btf.find(BtfKind.FUNC, "target");
        OptionalInt prototype = OptionalInt.of(btf.target(function.orElseThrow()));
        return new BtfTypes(btf, "target", prototype, "", new BtfTypes.Surroundings() {
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
