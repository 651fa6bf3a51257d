// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.advice;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.killswitch.advice.Finding;
import org.killswitch.cli.output.Messages;

/** A finding for programs. */
final class FindingJson {

    private FindingJson() {}

    static Map<String, @Nullable Object> of(Finding finding) {
        Map<String, @Nullable Object> node = new LinkedHashMap<>();
        node.put("id", finding.id().word());
        node.put("level", Messages.word(finding.level()));
        node.put("text", finding.text());
        node.put("evidence", finding.evidence());
        return node;
    }
}
