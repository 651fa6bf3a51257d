// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.bpf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.bpf.BpfException;
import org.killswitch.bpf.BpfFs;
import org.killswitch.bpf.BpfFs.Pinned;
import org.killswitch.cli.CommandGroup;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Json;
import org.killswitch.cli.output.Table;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code killswitch bpf list|remove}. */
@Command(
        name = "bpf",
        header = "Show and remove the BPF programs that engagebpf has attached.",
        description = {
            "",
            "They stay attached as long as they are pinned in /sys/fs/bpf/killswitch, until the next boot, even if the"
                    + " kernel module is unloaded.",
            ""
        })
public final class BpfCommand extends CommandGroup {

    /** The command with its own commands. */
    public static CommandLine create(Host host) {
        return new CommandLine(new BpfCommand())
                .addSubcommand(new CommandLine(new ListCommand(host)))
                .addSubcommand(new CommandLine(new RemoveCommand(host)));
    }

    /** {@code killswitch bpf list [--json]}. */
    @Command(
            name = "list",
            header = "Show what is pinned in /sys/fs/bpf/killswitch.",
            footer = {
                "",
                "Columns: NAME is the name of the function, PROGRAM the id in bpftool. A link is an attached program; a"
                        + " program alone is a guard that an interrupted 'engage --when' left behind.",
                "",
                "Example:",
                "  killswitch bpf list"
            })
    private static final class ListCommand implements Callable<Integer> {

        private final Host host;

        @Mixin
        @SuppressWarnings("UnusedVariable") // picocli reads it
        private final HelpOption help = new HelpOption();

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        ListCommand(Host host) {
            this.host = host;
        }

        @Override
        public Integer call() throws BpfException {
            List<Pinned> pinned = host.bpfFs().list();
            if (json) {
                host.out().println(json(pinned));
            } else if (pinned.isEmpty()) {
                host.out().println("nothing is pinned");
            } else {
                table(pinned).lines().forEach(host.out()::println);
            }
            return ExitCode.OK;
        }

        private static Table table(List<Pinned> pinned) {
            Table table = new Table(List.of(Table.Align.LEFT, Table.Align.LEFT, Table.Align.RIGHT));
            table.row(List.of("NAME", "KIND", "PROGRAM"));
            for (Pinned p : pinned) {
                table.row(
                        switch (p.object()) {
                            case BpfFs.Link link -> List.of(p.name(), "link", Integer.toString(link.programId()));
                            case BpfFs.Program program -> List.of(p.name(), "program", Integer.toString(program.id()));
                        });
            }
            return table;
        }

        private static String json(List<Pinned> pinned) {
            List<Map<String, @Nullable Object>> list = new ArrayList<>();
            for (Pinned p : pinned) {
                Map<String, @Nullable Object> node = new LinkedHashMap<>();
                node.put("name", p.name());
                switch (p.object()) {
                    case BpfFs.Link link -> {
                        node.put("kind", "link");
                        node.put("link", (long) link.id());
                        node.put("program", (long) link.programId());
                    }
                    case BpfFs.Program program -> {
                        node.put("kind", "program");
                        node.put("program", (long) program.id());
                        node.put("type", program.type());
                        node.put("tag", program.tag());
                    }
                }
                list.add(node);
            }
            return Json.render(Json.document("pinned", list), true);
        }
    }

    /** {@code killswitch bpf remove NAME...}. */
    @Command(
            name = "remove",
            header = "Remove pins; attached programs stop at once.",
            footer = {"", "Example:", "  killswitch bpf remove vsock_stream_sendmsg"})
    private static final class RemoveCommand implements Callable<Integer> {

        private final Host host;

        @Mixin
        @SuppressWarnings("UnusedVariable") // picocli reads it
        private final HelpOption help = new HelpOption();

        @Parameters(
                arity = "1..*",
                paramLabel = "NAME",
                description = "The names, as 'killswitch bpf list' shows them.")
        private List<String> names = List.of();

        RemoveCommand(Host host) {
            this.host = host;
        }

        @Override
        public Integer call() throws BpfException {
            int exit = ExitCode.OK;
            for (String name : names) {
                try {
                    host.bpfFs().remove(name);
                    host.out().println(name + " is removed");
                } catch (BpfException e) {
                    host.err().println("killswitch: " + e.getMessage());
                    exit = ExitCode.SOFTWARE;
                }
            }
            return exit;
        }
    }
}
