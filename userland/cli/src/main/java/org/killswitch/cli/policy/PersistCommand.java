// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.policy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Json;
import org.killswitch.control.ControlException;
import org.killswitch.control.SymbolName;
import org.killswitch.policy.Actual;
import org.killswitch.policy.AtomicFile;
import org.killswitch.policy.Persistence;
import org.killswitch.policy.Policy;
import org.killswitch.policy.PolicyException;
import org.killswitch.policy.Resolution;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code killswitch persist [--dry-run] [--json]}. */
@Command(
        name = "persist",
        header = "Write what is engaged now into the policy, so that it is back after a boot.",
        description = {
            "",
            "It goes into /etc/killswitch/policy.d/" + Persistence.FILE
                    + ", guards included; what was in that file before"
                    + " and is not engaged any more is left out. Other files of the policy are not changed, and what they"
                    + " say is not written twice. At boot, killswitch.service engages the policy.",
            ""
        },
        footer = {"", "Exit status: 0 all that is engaged will be back, 1 not all, 2 wrong usage."})
public final class PersistCommand implements Callable<Integer> {

    private final Host host;
    private final HostPolicy policy;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(names = "--dry-run", description = "Write nothing; print what would be written.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public PersistCommand(Host host) {
        this(host, new HostPolicy(host));
    }

    PersistCommand(Host host, HostPolicy policy) {
        this.host = host;
        this.policy = policy;
    }

    @Override
    public Integer call() throws ControlException, PolicyException {
        List<Actual> state = policy.overrides().state();
        Policy written = Persistence.ofOthers(policy.folder(), host.zone());
        Resolution others = policy.resolver(written, state).resolve(written);
        Persistence.Content content = Persistence.of(state, others.desired(), policy.parameters());
        Path file = policy.folder().resolve(Persistence.FILE);
        if (!dryRun) {
            AtomicFile.write(file, content.text());
        }
        boolean isAll = content.problems().isEmpty();
        if (json) {
            host.out().println(json(content, file));
        } else {
            others.problems().forEach(p -> host.err().println("killswitch: " + p));
            content.notes().forEach(n -> host.err().println("killswitch: " + n));
            content.problems().forEach(p -> host.err().println("killswitch: " + p));
            host.out()
                    .println(
                            dryRun
                                    ? content.text().stripTrailing()
                                    : file + " has " + content.written().size()
                                            + (content.written().size() == 1 ? " entry" : " entries"));
        }
        host.bpfFs()
                .overrides()
                .filter(p -> !p.isEmpty())
                .ifPresent(p -> host.err()
                        .println("killswitch: programs of engage --bpf are not written: " + String.join(", ", p)));
        return isAll ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static String json(Persistence.Content content, Path file) {
        Map<String, @Nullable Object> root = Json.document("file", file.toString());
        List<String> written = content.written().stream().map(SymbolName::text).toList();
        root.put("written", written);
        root.put("notes", content.notes());
        root.put("problems", content.problems());
        return Json.render(root, true);
    }
}
