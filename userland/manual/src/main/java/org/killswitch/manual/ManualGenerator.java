// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.manual;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Writes man8/*.8, bash/killswitch and zsh/_killswitch into a folder. */
public final class ManualGenerator {

    private ManualGenerator() {}

    /** The folder is the only argument. */
    public static void main(String[] args) throws IOException {
        Path into = Path.of(args[0]);
        for (Map.Entry<String, String> file :
                files(org.killswitch.cli.Main.allCommands()).entrySet()) {
            Path path = into.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
    }

    /** Their names and what is in them. */
    static Map<String, String> files(CommandLine command) throws IOException {
        Map<String, String> files = new TreeMap<>();
        String name = command.getCommandName();
        page(new ManPage(command, resource("files.8")), files);
        // it is sourced: an interpreter's line has no meaning
        String bash = AutoComplete.bash(name, command).replaceFirst("^#!.*\n", "");
        files.put("bash/" + name, bash + resource("symbols.bash"));
        files.put("zsh/_" + name, new ZshCompletion(command).script() + resource("symbols.zsh"));
        return files;
    }

    private static void page(ManPage page, Map<String, String> into) {
        into.put("man8/" + page.name() + ".8", page.text());
        CommandTexts.below(page.command()).values().forEach(c -> page(new ManPage(c, ""), into));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ManualGenerator.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
