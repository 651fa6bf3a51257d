// SPDX-License-Identifier: GPL-2.0-or-later
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar, bringing the classes that were compiled for Java 5 to the form of Java 8: the JVM takes no class into its
 * AOT cache that comes without the stack maps which Java 6 introduced, and checks it anew at every start. Nothing of
 * what the classes do is changed. META-INF/MODIFIED in the new jar says so, as the Apache License asks for.
 *
 * <p>Run as {@code java RewriteOldClassFiles.java FROM TO} when the run-time image is laid out.
 */
final class RewriteOldClassFiles {

    private static final int WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

    private final Map<ZipEntry, byte[]> content = new LinkedHashMap<>();
    private final Map<String, byte[]> classes = new LinkedHashMap<>();
    private final List<String> modified = new ArrayList<>();
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
        LocalDateTime newest = LocalDateTime.MIN;
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(to))) {
            for (Map.Entry<ZipEntry, byte[]> e : content.entrySet()) {
                String name = e.getKey().getName();
                LocalDateTime time = e.getKey().getTimeLocal();
                newest = newest.isAfter(time) ? newest : time;
                add(zip, name, time, name.endsWith(".class") ? modern(name, e.getValue()) : e.getValue());
            }
            String notice =
                    "This is not the jar that its authors released. killswitch changed these files of it: they were"
                            + " compiled\nfor Java 5 and are brought to the form of Java 8, with stack maps. What they do is not"
                            + " changed.\n\n";
            add(
                    zip,
                    "META-INF/MODIFIED",
                    newest,
                    (notice + String.join("\n", modified) + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void add(ZipOutputStream zip, String name, LocalDateTime time, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(time);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private byte[] modern(String name, byte[] old) {
        ClassModel model = classFile.parse(old);
        if (model.majorVersion() >= WITH_STACK_MAPS) {
            return old;
        }
        modified.add(name);
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
