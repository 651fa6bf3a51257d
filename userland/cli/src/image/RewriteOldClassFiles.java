import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar, bringing the classes that were compiled for Java 5 to the form of Java 8: the JVM takes no class into its
 * AOT cache that comes without the stack maps which Java 6 introduced, and checks it anew at every start. Nothing of
 * what the classes do is changed.
 *
 * <p>Run as {@code java RewriteOldClassFiles.java FROM TO} when the run-time image is laid out.
 */
final class RewriteOldClassFiles {

    private static final int WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

    private final Map<ZipEntry, byte[]> content = new LinkedHashMap<>();
    private final Map<String, byte[]> classes = new LinkedHashMap<>();
    private final ClassFile classFile = ClassFile.of(
            ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
            // For a stack map the generator has to know which class extends which.
            ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(type -> {
                        String name = type.descriptorString();
                        byte[] found = classes.get(name.substring(1, name.length() - 1) + ".class");
                        return found == null ? null : new ByteArrayInputStream(found);
                    })
                    .orElse(ClassHierarchyResolver.defaultResolver())));

    private RewriteOldClassFiles() {}

    public static void main(String[] args) throws IOException {
        RewriteOldClassFiles jar = new RewriteOldClassFiles();
        jar.read(Path.of(args[0]));
        jar.write(Path.of(args[1]));
    }

    private void read(Path from) throws IOException {
        try (ZipFile zip = new ZipFile(from.toFile())) {
            for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
                ZipEntry entry = e.nextElement();
                byte[] bytes = zip.getInputStream(entry).readAllBytes();
                content.put(entry, bytes);
                if (entry.getName().endsWith(".class")) {
                    classes.put(entry.getName(), bytes);
                }
            }
        }
    }

    private void write(Path to) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(to))) {
            for (Map.Entry<ZipEntry, byte[]> e : content.entrySet()) {
                ZipEntry entry = new ZipEntry(e.getKey().getName());
                entry.setTimeLocal(e.getKey().getTimeLocal());
                zip.putNextEntry(entry);
                zip.write(entry.getName().endsWith(".class") ? modern(e.getValue()) : e.getValue());
                zip.closeEntry();
            }
        }
    }

    private byte[] modern(byte[] old) {
        ClassModel model = classFile.parse(old);
        if (model.majorVersion() >= WITH_STACK_MAPS) {
            return old;
        }
        ClassTransform newer = (builder, element) -> {
            if (element instanceof ClassFileVersion) {
                builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
            } else {
                builder.with(element);
            }
        };
        // A method body that is not written anew would be copied as it is, without stack maps.
        return classFile.transformClass(
                model, newer.andThen(ClassTransform.transformingMethodBodies((code, element) -> code.with(element))));
    }
}
