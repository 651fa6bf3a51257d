// SPDX-License-Identifier: GPL-2.0-or-later
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Puts the licence and the notices of each library of the image into a folder: what the jar has in META-INF, and what
 * debian/copyright says about it. Fails for a library that debian/copyright does not know, or whose licence is nowhere.
 *
 * <p>Run as {@code java Legal.java LIB COPYRIGHT TEXTS INTO OURS}: the folder of the jars, debian/copyright, the folder of
 * LICENSE.NAME files for jars that bring no licence of their own, the folder to write, and how the names of jars end that
 * are no libraries but ours.
 */
final class Legal {

    private static final Pattern LEGAL = Pattern.compile("META-INF/((?:\\w+-)*(?:LICENSE|NOTICE|MODIFIED)[.\\w]*)");
    private static final Pattern LICENCE = Pattern.compile("^License: ([^ \\n]+)", Pattern.MULTILINE);
    private static final Pattern FILES = Pattern.compile("Files: usr/lib/killswitch-?\\*/lib/(.+)");

    private Legal() {}

    public static void main(String[] args) throws IOException {
        List<String> stanzas =
                List.of(Files.readString(Path.of(args[1])).strip().split("\n\n+", -1));
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(args[0]), "*.jar")) {
            for (Path jar : jars) {
                String name = jar.getFileName().toString();
                if (!name.endsWith(args[4])) {
                    Path into = Path.of(args[3], name.substring(0, name.length() - ".jar".length()));
                    collect(jar, stanza(name, stanzas), Path.of(args[2]), into);
                }
            }
        }
    }

    private static String stanza(String jar, List<String> stanzas) {
        for (String stanza : stanzas) {
            String first = stanza.lines().findFirst().orElse("");
            Matcher files = FILES.matcher(first);
            if (files.matches()
                    && FileSystems.getDefault()
                            .getPathMatcher("glob:" + files.group(1))
                            .matches(Path.of(jar))) {
                return stanza;
            }
        }
        throw new IllegalStateException("packaging/debian/copyright says nothing about " + jar);
    }

    private static void collect(Path jar, String stanza, Path texts, Path into) throws IOException {
        Files.createDirectories(into);
        Files.writeString(
                into.resolve("COPYRIGHT"),
                stanza.substring(stanza.indexOf('\n') + 1).replace("\n ", "\n    ") + "\n");
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
                ZipEntry entry = e.nextElement();
                Matcher legal = LEGAL.matcher(entry.getName());
                if (legal.matches()) {
                    try (InputStream in = zip.getInputStream(entry)) {
                        Files.write(into.resolve(legal.group(1)), in.readAllBytes());
                    }
                }
            }
        }
        Path licence = into.resolve("LICENSE");
        if (!Files.exists(licence)) {
            Matcher name = LICENCE.matcher(stanza);
            if (!name.find()) {
                throw new IllegalStateException("packaging/debian/copyright names no licence of " + jar);
            }
            Files.copy(texts.resolve("LICENSE." + name.group(1)), licence);
        }
    }
}
