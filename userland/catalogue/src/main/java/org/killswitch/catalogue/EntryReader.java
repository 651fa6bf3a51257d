// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.killswitch.catalogue.version.FixRange;
import org.killswitch.catalogue.version.KernelRange;
import org.killswitch.catalogue.version.UpstreamVersion;
import org.killswitch.control.InvalidInputException;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

/** Reads a file of the catalogue. What it accepts is what mitigations/schema.json accepts; a test compares them. */
public final class EntryReader {

    /** The end of an entry's file name. */
    static final String SUFFIX = ".yaml";

    private static final Pattern CVE = Pattern.compile("CVE-[0-9]{4}-[0-9]{4,}");
    private static final Pattern SOURCE = Pattern.compile("[A-Za-z0-9_+-][A-Za-z0-9_.+/-]*\\.(c|h|S|rs)");
    private static final Pattern OPTION = Pattern.compile("CONFIG_[A-Za-z0-9_]+");
    private static final Pattern MODULE = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern FUNCTION = Pattern.compile("(?![0-9])[A-Za-z0-9_.$]+");
    private static final Pattern SYMBOL = Pattern.compile("([A-Za-z0-9_]+:)?(?![0-9])[A-Za-z0-9_.$]+");
    private static final Pattern RETVAL = Pattern.compile("-?(0|[1-9][0-9]*)|0x[0-9a-fA-F]+|-E[A-Z0-9]+");
    private static final Pattern SYSCTL = Pattern.compile("[a-z0-9_]+([./][A-Za-z0-9_-]+)+=\\S+");
    private static final Pattern DOOR = Pattern.compile("[a-z0-9_]+");
    private static final Pattern URL = Pattern.compile("https?://\\S+");
    private static final Pattern ANY = Pattern.compile("(?s).+");
    private static final String UNKNOWN = "0";
    private static final UpstreamVersion BEFORE_ALL = new UpstreamVersion(0, 0, 0, 0, 0);

    private EntryReader() {}

    /**
     * Reads one file, which is named after its CVE.
     *
     * @throws EntryException if it is not an entry, or cannot be read
     */
    public static Entry read(Path file) throws EntryException {
        String text;
        try {
            text = Files.readString(file);
        } catch (MalformedInputException e) {
            throw new EntryException(file, "not UTF-8", e);
        } catch (IOException e) {
            throw new EntryException(file, "cannot be read: " + e, e);
        }
        return parse(file, text);
    }

    static Entry parse(Path file, String text) throws EntryException {
        YamlMapping whole = YamlMapping.ofFile(file, text);
        String cve = whole.parsed("cve", t -> matching(CVE, t), "a CVE's number, as CVE-2026-31431");
        if (!String.valueOf(file.getFileName()).equals(cve + SUFFIX)) {
            throw whole.error("cve", "the file of " + cve + " is called " + cve + SUFFIX);
        }
        boolean hasEngagements = whole.has("engagements");
        boolean saysWhyNot = whole.has("no-engagement");
        Entry entry = new Entry(
                cve,
                whole.texts("names", ANY, "a name"),
                whole.text("summary"),
                whole.parsed(
                        "reach",
                        Reach::parse,
                        "one of any-user, user-namespace, capability, adjacent, network, device"),
                whole.text("reach-note"),
                whole.mappings("affected", EntryReader::range),
                whole.texts("files", SOURCE, "a source file's path in the kernel's tree"),
                whole.texts("config", OPTION, "an option, as CONFIG_CRYPTO_USER_API_AEAD"),
                whole.optionalParsed("module", t -> matching(MODULE, t), "a module's name"),
                whole.texts("fixed-functions", FUNCTION, "a function's name"),
                whole.mappings("engagements", EntryReader::engagement),
                whole.optionalText("no-engagement"),
                whole.optionalMapping("in-use", m -> new Entry.InUse(m.text("text"), m.optionalText("test"))),
                whole.optionalText("does-not-undo"),
                whole.mappings("other-measures", EntryReader::measure),
                whole.optionalParsed("door", t -> matching(DOOR, t), "the name of a program in selftests/doors"),
                whole.texts("references", URL, "a URL"),
                file);
        whole.rejectTheRest();
        requireSome(whole, "affected", entry.affected());
        requireSome(whole, "files", entry.files());
        requireSome(whole, "references", entry.references());
        if (hasEngagements && saysWhyNot) {
            throw whole.error("no-engagement", "there are engagements: one or the other");
        }
        if (!saysWhyNot) {
            requireSome(whole, "engagements", entry.engagements());
        }
        return entry;
    }

    private static void requireSome(YamlMapping whole, String key, List<?> list) throws EntryException {
        if (list.isEmpty()) {
            throw whole.error(key, "at least one is needed");
        }
    }

    private static Optional<String> matching(Pattern form, String text) {
        return form.matcher(text).matches() ? Optional.of(text) : Optional.empty();
    }

    private static FixRange range(YamlMapping yaml) throws EntryException {
        String what = "a release of kernel.org, as \"6.12.95\"";
        UpstreamVersion introduced = yaml.parsed(
                "introduced", t -> t.equals(UNKNOWN) ? Optional.of(BEFORE_ALL) : release(t), what + ", or \"0\"");
        return new FixRange(
                Optional.of(introduced).filter(v -> !v.equals(BEFORE_ALL)),
                yaml.optionalParsed("fixed", EntryReader::release, what),
                "");
    }

    private static Optional<UpstreamVersion> release(String text) {
        return UpstreamVersion.parse(text).filter(v -> v.candidate() == 0);
    }

    private static Entry.Engagement engagement(YamlMapping yaml) throws EntryException {
        KernelRange kernels = yaml.optionalParsed("kernels", KernelRange::parse, "comparisons, as \">=4.14, <6.5\"")
                .orElse(KernelRange.ALL);
        List<Entry.Function> functions = yaml.mappings("functions", EntryReader::function);
        requireSome(yaml, "functions", functions);
        return new Entry.Engagement(
                kernels, functions, yaml.text("why"), yaml.text("breaks"), yaml.optionalText("dangerous-because"));
    }

    private static Entry.Function function(YamlMapping yaml) throws EntryException {
        return new Entry.Function(
                yaml.parsed(
                        "symbol",
                        t -> matching(SYMBOL, t).map(SymbolName::new),
                        "a function's name, as af_alg:alg_bind"),
                yaml.textOrInteger(
                        "retval", EntryReader::retval, "a return value: a number, or an errno's name as -EPERM"),
                yaml.optionalText("when"));
    }

    private static Optional<Retval> retval(String text) {
        try {
            return RETVAL.matcher(text).matches() ? Optional.of(Retval.parse(text)) : Optional.empty();
        } catch (InvalidInputException e) {
            return Optional.empty();
        }
    }

    private static Entry.Measure measure(YamlMapping yaml) throws EntryException {
        return new Entry.Measure(
                yaml.text("measure"),
                yaml.optionalText("fails-when"),
                yaml.optionalParsed(
                        "sysctl", t -> matching(SYSCTL, t), "a setting, as \"kernel.io_uring_disabled=2\""));
    }
}
