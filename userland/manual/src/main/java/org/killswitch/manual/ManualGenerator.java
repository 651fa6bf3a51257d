// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.manual;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.killswitch.posix.Errno;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Writes man7/*.7, man8/*.8, bash/killswitch and zsh/_killswitch into a folder. */
public final class ManualGenerator {

    private ManualGenerator() {}

    /** An awk program: the functions of /proc/kallsyms that begin with p, with their module if p has one. */
    private static final String FUNCTIONS = "$2 ~ /^[Tt]$/ { n = $3; m = $4; gsub(/[][]/, \"\", m);"
            + " if (m != \"\" && index(p, \":\")) n = m \":\" n; if (index(n, p) == 1) print n }";

    private static final DateTimeFormatter OF_CHANGELOG =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ENGLISH);

    /** The arguments are the folder, and the root of the repository. */
    public static void main(String[] args) throws IOException {
        Path into = Path.of(args[0]);
        for (Map.Entry<String, String> file :
                files(org.killswitch.cli.Main.allCommands(), Path.of(args[1])).entrySet()) {
            Path path = into.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
    }

    /** Their names and what is in them. */
    static Map<String, String> files(CommandLine command, Path repository) throws IOException {
        Map<String, String> files = new TreeMap<>();
        String name = command.getCommandName();
        String version = String.join(" ", command.getCommandSpec().version());
        String date = date(repository.resolve("packaging/debian/changelog"));
        page(new ManPage(command, resource("files.8"), date), files);
        files.put(
                "man8/ks-bpf-load.8",
                resource("ks-bpf-load.8").replace("@date@", date).replace("@version@", version));
        files.put(
                "man7/killswitch-guards.7",
                MarkdownPage.of(
                        Files.readString(repository.resolve("docs/guards.md")),
                        "killswitch-guards",
                        7,
                        version,
                        date,
                        "\\fBkillswitch\\fR(8),\n\\fBkillswitch\\-engage\\fR(8),\n\\fBkillswitch\\-observe\\fR(8)"));
        // it is sourced: an interpreter's line has no meaning
        String bash = AutoComplete.bash(name, command).replaceFirst("^#!.*\n", "");
        files.put("bash/" + name, bash + symbols("symbols.bash"));
        files.put("zsh/_" + name, new ZshCompletion(command).script() + symbols("symbols.zsh"));
        return files;
    }

    private static void page(ManPage page, Map<String, String> into) {
        into.put("man8/" + page.name() + ".8", page.text());
        CommandTexts.below(page.command()).values().forEach(c -> page(new ManPage(c, "", page.date()), into));
    }

    /** Of the newest release. */
    private static String date(Path changelog) throws IOException {
        String last = Files.readAllLines(changelog).stream()
                .filter(l -> l.startsWith(" -- "))
                .findFirst()
                .orElseThrow();
        return LocalDate.parse(last.replaceFirst(".*>  ", ""), OF_CHANGELOG).toString();
    }

    private static String symbols(String name) throws IOException {
        return resource(name)
                .replace("@functions@", FUNCTIONS)
                .replace(
                        "@errnos@",
                        Arrays.stream(Errno.values()).map(e -> "-" + e).collect(Collectors.joining(" ")));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ManualGenerator.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
