// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.catalogue.facts.HostFacts;
import org.killswitch.control.InvalidInputException;
import org.killswitch.control.SymbolName;
import org.killswitch.host.SystemFiles;

/** The parameters of the kernel module: what others load it with, and what the policy does. */
public final class ModuleParameters {

    private static final Pattern ENGAGE = Pattern.compile(
            "(?:^|\\s)(?:\"(?:killswitch\\.)?engage=([^\"]*)\"|(?:killswitch\\.)?engage=(?:\"([^\"]*)\"|(\\S*)))");
    private static final String SKIP = "killswitch.skip";

    private ModuleParameters() {}

    /** The functions that modprobe.d(5) and the kernel's command line engage. */
    public static List<SymbolName> ofOthers(HostFacts host, SystemFiles files) {
        List<String> texts = new ArrayList<>(host.rules().options("killswitch"));
        files.text("/proc/cmdline")
                .filter(l -> l.contains("killswitch.engage="))
                .ifPresent(texts::add);
        List<SymbolName> symbols = new ArrayList<>();
        for (String text : texts) {
            Matcher m = ENGAGE.matcher(text);
            while (m.find()) {
                String list = m.group(1) != null ? m.group(1) : m.group(2) != null ? m.group(2) : m.group(3);
                for (String entry : list.split(",", -1)) {
                    addSymbol(entry.split("=", 2)[0].strip(), symbols);
                }
            }
        }
        return symbols;
    }

    private static void addSymbol(String text, List<SymbolName> symbols) {
        try {
            symbols.add(SymbolName.parse(text));
        } catch (InvalidInputException e) {
            // The module leaves out what makes no sense, too.
        }
    }

    /** Whether the kernel's command line has the module leave everything out. */
    public static boolean isSkipped(SystemFiles files) {
        for (String word : files.text("/proc/cmdline").orElse("").split("\\s+", -1)) {
            if (word.equals(SKIP) || word.matches(SKIP + "=([yYtT1]|[oO][nN]).*")) {
                return true;
            }
        }
        return false;
    }

    /** An argument of modprobe for each entry. */
    static List<String> of(List<Desired> desired) {
        List<String> arguments = new ArrayList<>();
        for (Desired d : desired) {
            // The kernel parts entries at commas, whatever they are in, and knows no other use of quotes.
            String reason = d.reason()
                    .map(r -> " # " + r.text().replace('"', '\'').replace(',', ';'))
                    .orElse("");
            arguments.add(
                    "engage=\"" + d.symbol() + "=" + d.retval().orElseThrow().value() + reason + "\"");
        }
        return arguments;
    }
}
