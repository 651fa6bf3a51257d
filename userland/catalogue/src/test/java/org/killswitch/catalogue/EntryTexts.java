// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue;

import java.util.List;
import java.util.Map;

/** Texts of entries for tests: whole ones, and ones with one thing wrong. */
final class EntryTexts {

    static final String FILE = "CVE-2026-31431.yaml";

    static final String WHOLE = """
            # SPDX-License-Identifier: CC0-1.0
            cve: CVE-2026-31431
            names: [Copy Fail]
            summary: >
              An AEAD request writes to pages that it only borrowed.
              They can be those of any file that is readable.
            reach: any-user
            reach-note: A socket of AF_ALG is enough; the module loads by itself.
            affected:
              - {introduced: "4.14", fixed: "5.10.254"}
              - {introduced: "4.14", fixed: "7.0"}
              - {introduced: "0"}
            files: [crypto/algif_aead.c, crypto/af_alg.c]
            config: [CONFIG_CRYPTO_USER_API_AEAD]
            module: algif_aead
            fixed-functions: [_aead_recvmsg]
            engagements:
              - kernels: ">=4.14, <7.0"
                functions:
                  - {symbol: "af_alg:alg_bind", retval: -EPERM, when: 'arg2 == 88'}
                  - {symbol: aead_recvmsg, retval: -1}
                why: Its callers test the value.
                breaks: AEAD over AF_ALG.
                dangerous-because: Nothing else is in the way.
              - functions: [{symbol: alg_bind.isra.0, retval: 0x10}]
                why: Another name.
                breaks: All of AF_ALG.
            in-use: {text: Somebody has such a socket., test: "lsmod | grep -q algif_aead"}
            does-not-undo: Pages that were written to stay so.
            other-measures:
              - {measure: modprobe block of algif_aead, fails-when: built in (RHEL)}
              - {measure: a setting, sysctl: crypto.af_alg_restrict=1}
            door: af_alg_aead
            references: ["https://example.org/a", "http://example.org/b"]
            """;

    static final String HONEST = """
            cve: CVE-2026-31431
            summary: No way in.
            reach: network
            reach-note: Packets.
            affected: [{introduced: "6.1"}]
            files: [net/core/skbuff.c]
            no-engagement: All of the network passes there.
            references: ["https://example.org/"]
            """;

    /** What to replace in {@link #WHOLE}, with what, and what is said then. */
    record Mistake(String text, String replacement, String message) {}

    static final List<Mistake> MISTAKES = List.of(
            new Mistake("module: algif_aead", "modul: algif_aead", "15: modul: unknown key"),
            new Mistake("module: algif_aead", "module: a b", "15: module: 'a b' is not a module's name"),
            new Mistake("module: algif_aead", "module: [a]", "15: module: a text belongs here"),
            new Mistake("module: algif_aead", "module: ''", "15: module: the text is empty"),
            new Mistake("cve: CVE-2026-31431", "cve: 2026-31431", "2: cve: '2026-31431' is not a CVE's number"),
            new Mistake(
                    "reach: any-user", "reach: anyone", "7: reach: 'anyone' is not one of any-user, user-namespace"),
            new Mistake("reach: any-user\n", "", "2: reach: this key is missing"),
            new Mistake(
                    "{introduced: \"0\"}", "{introduced: 4.10}", "12: affected[2].introduced: YAML does not read 4.10"),
            new Mistake(
                    "{introduced: \"0\"}", "{introduced: \"4\"}", "12: affected[2].introduced: '4' is not a release"),
            new Mistake("{introduced: \"0\"}", "{fixed: \"4.1\"}", "12: affected[2].introduced: this key is missing"),
            new Mistake(
                    "{introduced: \"0\"}",
                    "{introduced: \"0\", fixed: \"0\"}",
                    "12: affected[2].fixed: '0' is not a release"),
            new Mistake(
                    "{introduced: \"0\"}", "{introduced: \"0\", fixd: \"4.1\"}", "12: affected[2].fixd: unknown key"),
            new Mistake("- {introduced: \"0\"}", "- \"0\"", "12: affected[2]: a mapping of keys"),
            new Mistake("crypto/af_alg.c]", "/crypto/af_alg.c]", "13: files[1]: '/crypto/af_alg.c' is not a source"),
            new Mistake("files: [crypto/algif_aead.c, crypto/af_alg.c]", "files: []", "files: at least one is needed"),
            new Mistake("[CONFIG_CRYPTO", "[CRYPTO", "14: config[0]: 'CRYPTO_USER_API_AEAD' is not an option"),
            new Mistake("config: [CONFIG_CRYPTO_USER_API_AEAD]", "config: CONFIG_X", "14: config: a list belongs here"),
            new Mistake("[_aead_recvmsg]", "[2aead]", "16: fixed-functions[0]: '2aead' is not a function's name"),
            new Mistake(">=4.14, <7.0", "4.14+", "18: engagements[0].kernels: '4.14+' is not comparisons"),
            new Mistake(
                    "\"af_alg:alg_bind\"",
                    "\"alg_bind+4\"",
                    "20: engagements[0].functions[0].symbol: 'alg_bind+4' is not"),
            new Mistake("retval: -EPERM", "retval: EPERM", "20: engagements[0].functions[0].retval: 'EPERM' is not"),
            new Mistake(
                    "retval: -1", "retval: -1.5", "21: engagements[0].functions[1].retval: YAML does not read -1.5"),
            new Mistake("retval: -1", "value: -1", "21: engagements[0].functions[1].retval: this key is missing"),
            new Mistake("    why: Its callers test the value.\n", "", "18: engagements[0].why: this key is missing"),
            new Mistake("breaks: All of AF_ALG.", "break: All.", "25: engagements[1].breaks: this key is missing"),
            new Mistake("[{symbol: alg_bind.isra.0, retval: 0x10}]", "[]", "engagements[1].functions: at least one"),
            new Mistake("in-use: {text", "in-use: {txt", "28: in-use.text: this key is missing"),
            new Mistake("sysctl: crypto.af_alg_restrict=1", "sysctl: x", "32: other-measures[1].sysctl: 'x' is not"),
            new Mistake("{measure: a setting, ", "{", "32: other-measures[1].measure: this key is missing"),
            new Mistake("door: af_alg_aead", "door: AF-ALG", "33: door: 'AF-ALG' is not the name of a program"),
            new Mistake("\"http://example", "\"ftp://example", "34: references[1]: 'ftp://example.org/b' is not a URL"),
            new Mistake("door: af_alg_aead", "no-engagement: none", "33: no-engagement: there are engagements"),
            new Mistake("names: [Copy Fail]", "names: [26]", "3: names[0]: YAML does not read 26 as a text"));

    /** What only the reader can see: a schema knows neither the file's name nor the lines of a text. */
    static final Map<String, String> NOT_FOR_A_SCHEMA = Map.of(
            WHOLE.replace("CVE-2026-31431", "CVE-2026-31432"),
            "2: cve: the file of CVE-2026-31432 is called",
            WHOLE.replace("-EPERM", "-EFOO"),
            "20: engagements[0].functions[0].retval: '-EFOO' is not",
            WHOLE + "door: again\n",
            "35: door: this key is there twice",
            WHOLE.replace("module: algif_aead", "module: {"),
            "not YAML",
            WHOLE.replace("module: algif_aead", "module: &a [*a]"),
            "not YAML: Number of aliases",
            "",
            "1: the file is empty",
            "- a\n",
            "1: a mapping of keys to values belongs here");

    private EntryTexts() {}

    static String with(Mistake mistake) {
        String text = WHOLE.replace(mistake.text(), mistake.replacement());
        if (text.equals(WHOLE)) {
            throw new IllegalStateException("no such text: " + mistake.text());
        }
        return text;
    }
}
