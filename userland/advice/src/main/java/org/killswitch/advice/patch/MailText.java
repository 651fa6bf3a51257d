// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.patch;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text of a mail, out of the encoding that its header names. */
final class MailText {

    private static final Pattern ENCODING =
            Pattern.compile("(?im)^content-transfer-encoding:[ \\t]*(quoted-printable|base64)[ \\t]*\\r?$");
    private static final Pattern END_OF_HEADER = Pattern.compile("\\r?\\n\\r?\\n");

    private MailText() {}

    /** The text as it is, if it is no mail or not encoded. */
    static String decoded(String text) throws PatchException {
        Matcher encoding = ENCODING.matcher(text);
        Matcher end = END_OF_HEADER.matcher(text);
        if (!encoding.find() || !end.find(encoding.end())) {
            return text;
        }
        String body = text.substring(end.end());
        if (encoding.group(1).toLowerCase(Locale.ROOT).equals("base64")) {
            try {
                return new String(Base64.getMimeDecoder().decode(body), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                throw new PatchException("its base64 cannot be decoded");
            }
        }
        return quotedPrintable(body);
    }

    private static String quotedPrintable(String body) throws PatchException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] bytes = body.replace("\r\n", "\n").replace("=\n", "").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '=') {
                out.write(bytes[i]);
                continue;
            }
            if (i + 2 >= bytes.length) {
                throw new PatchException("its quoted-printable is cut short");
            }
            int high = Character.digit(bytes[i + 1], 16);
            int low = Character.digit(bytes[i + 2], 16);
            if (high < 0 || low < 0) {
                throw new PatchException("its quoted-printable cannot be decoded");
            }
            out.write(high << 4 | low);
            i += 2;
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
