// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.killswitch.guard.GuardException.WrongException;
import org.killswitch.guard.Operand.Place;
import org.killswitch.guard.Operand.Value;

/** Where in the kernel's memory the facts about a caller are: from its task_struct on, by BTF. */
final class CallerFacts {

    private final GuardScope types;
    private final Places places;
    private final List<String> warnings;

    CallerFacts(GuardScope types, Places places, List<String> warnings) {
        this.types = types;
        this.places = places;
        this.warnings = warnings;
    }

    Operand fact(CallerFact fact, Span span) throws WrongException {
        return switch (fact) {
            case UID -> Value.number(new Node.HelperCall(Node.CallerHelper.UID, span));
            case GID -> Value.number(new Node.HelperCall(Node.CallerHelper.GID, span));
            case PID -> Value.number(new Node.HelperCall(Node.CallerHelper.PID, span));
            case PPID -> of(span, "real_parent", "tgid");
            case AUID -> of(span, "loginuid", "val");
            case SESSION -> of(span, "sessionid");
            case SID -> sid(span);
            case COMM -> new Operand.Comm(span);
            case EXE -> new Operand.Executable(span);
            case CGROUP -> new Operand.ControlGroup(span);
            case USERNS -> namespace("user", span, "cred", "user_ns", "ns", "inum");
            case NETNS -> namespace("net", span, "nsproxy", "net_ns", "ns", "inum");
            case MNTNS -> namespace("mnt", span, "nsproxy", "mnt_ns", "ns", "inum");
            case PIDNS -> pidNamespace(span);
            case CURRENT -> task(span);
            case PARENT -> of(span, "real_parent");
        };
    }

    /** The caller's task. */
    private Value task(Span span) throws WrongException {
        OptionalInt struct = types.type("struct", "task_struct");
        if (struct.isEmpty()) {
            throw new WrongException(span, "this needs the kernel's BTF, which has no struct task_struct");
        }
        return new Value(
                new Node.HelperCall(Node.CallerHelper.TASK, span), new CType.Pointer(struct.getAsInt(), Space.KERNEL));
    }

    private Value of(Span span, String... fields) throws WrongException {
        return places.follow(task(span), span, fields);
    }

    private Operand.Namespace namespace(String name, Span span, String... fields) throws WrongException {
        return new Operand.Namespace(of(span, fields), types.surroundings().initialNamespace(name), span);
    }

    /** The number in a member of an array of struct upid. */
    private Place upid(Value pid, Node index, Span span) throws WrongException {
        Place numbers = places.member(places.pointee(pid, span), "numbers", span, span);
        if (!(numbers.type() instanceof CType.Array array)) {
            throw new WrongException(span, "struct pid of this kernel is not known to guards");
        }
        CType.Array open = new CType.Array(array.element(), 0);
        return places.element(numbers, open, Value.number(index), span);
    }

    /** The one that the caller was created in, as /proc/PID/ns/pid has it. */
    private Operand.Namespace pidNamespace(Span span) throws WrongException {
        Value pid = of(span, "thread_pid");
        Value level = places.follow(pid, span, "level");
        Place own = upid(pid, level.node(), span);
        Value ns = places.load(places.member(own, "ns", span, span));
        return new Operand.Namespace(
                places.follow(ns, span, "ns", "inum"), types.surroundings().initialNamespace("pid"), span);
    }

    /** The leader of its session, in the initial pid namespace. */
    private Value sid(Span span) throws WrongException {
        Value signal = of(span, "signal");
        Place pids = places.member(places.pointee(signal, span), "pids", span, span);
        List<GuardScope.Constant> sid = types.constants("PIDTYPE_SID");
        if (sid.isEmpty() || !(pids.type() instanceof CType.Array array)) {
            throw new WrongException(span, "struct signal_struct of this kernel is not known to guards");
        }
        Node index = new Node.Const(sid.getFirst().value(), IntKind.S32, span);
        Value pid = places.load(places.element(pids, array, Value.number(index), span));
        Node first = new Node.Const(0, IntKind.S32, span);
        return places.load(places.member(upid(pid, first, span), "nr", span, span));
    }

    /** The id of its control group, as a number. */
    Value controlGroupId(Span span) {
        return Value.number(new Node.HelperCall(Node.CallerHelper.CGROUP, span));
    }

    /**
     * Whether a capability is among the effective ones.
     *
     * @param initially whether it has to be one in the initial user namespace
     */
    Node capable(long capability, boolean initially, Span span) throws WrongException {
        Place set = places.member(places.pointee(of(span, "cred"), span), "cap_effective", span, span);
        // Two numbers of 32 bits before 6.3, and one of 64 since: the bits lie where they lay.
        Node bits = new Node.Load(set.at(), 8, false, false, IntKind.U64, span);
        Node bit = Folding.binary(
                Operator.BIT_AND, bits, new Node.Const(1L << capability, IntKind.U64, span), IntKind.U64, span);
        Node has = Folding.not(Folding.not(bit, span), span);
        return initially ? Folding.logic(Operator.AND, has, initial("user", CallerFact.USERNS, span), span) : has;
    }

    private Node initial(String name, CallerFact fact, Span span) throws WrongException {
        return isInitial((Operand.Namespace) fact(fact, span), name + " namespace", span);
    }

    /** Whether a namespace is the one that the machine began with. */
    Node isInitial(Operand.Namespace namespace, String what, Span span) throws WrongException {
        long initial = namespace
                .initial()
                .orElseThrow(() -> new WrongException(
                        span,
                        "which " + what
                                + " is the initial one cannot be told here; run it as root outside of containers"));
        return inode(namespace, initial, span);
    }

    Node inode(Operand.Namespace namespace, long inode, Span span) {
        Node number = namespace.inode().node();
        return Folding.compare(
                Operator.EQ,
                Folding.convert(number, IntKind.U64, span),
                new Node.Const(inode, IntKind.U64, span),
                span);
    }

    /** Whether the caller runs the file that is at a path now. A kernel thread runs none. */
    Node runs(String path, Span pathSpan, Span span) throws WrongException {
        Surroundings.FileId file = types.surroundings()
                .file(path)
                .orElseThrow(() -> new WrongException(
                        pathSpan,
                        path.startsWith("/")
                                ? "there is no such file; the guard is about the file that is there now"
                                : "an executable is named by its whole path, as in \"/usr/bin/ssh\""));
        Node mm = of(span, "mm").node();
        Node exe = of(span, "mm", "exe_file").node();
        Value inode = of(span, "mm", "exe_file", "f_inode");
        Node number = places.follow(inode, span, "i_ino").node();
        Node device = places.follow(inode, span, "i_sb", "s_dev").node();
        Node is = all(
                span,
                Folding.not(Folding.not(mm, span), span),
                Folding.not(Folding.not(exe, span), span),
                equal(number, file.inode(), span),
                equal(device, file.device(), span));
        return is;
    }

    private static Node equal(Node number, long value, Span span) {
        return Folding.compare(
                Operator.EQ,
                Folding.convert(number, IntKind.U64, span),
                new Node.Const(value, IntKind.U64, span),
                span);
    }

    private static Node all(Span span, Node... conditions) {
        Node all = conditions[0];
        for (int i = 1; i < conditions.length; i++) {
            all = Folding.logic(Operator.AND, all, conditions[i], span);
        }
        return all;
    }

    /**
     * Whether the caller is in the control group of a path or below it. The names on the way up from the caller's group
     * are compared, so that a group that is removed and made again is the same one.
     */
    Node isBelow(String path, Span pathSpan, Span span) throws WrongException {
        List<String> names = new ArrayList<>();
        for (String name : path.replaceFirst("^/sys/fs/cgroup(?=/|$)", "").split("/", -1)) {
            if (name.equals(".") || name.equals("..")) {
                throw new WrongException(pathSpan, "write the whole path of the control group, without '" + name + "'");
            }
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        if (names.isEmpty()) {
            throw new WrongException(pathSpan, "every process is in this control group or below it");
        }
        if (!types.surroundings().hasControlGroups()) {
            throw new WrongException(
                    pathSpan,
                    "no control groups of version 2 are mounted at /sys/fs/cgroup or /sys/fs/cgroup/unified here");
        }
        OptionalLong now = types.surroundings().controlGroup(String.join("/", names));
        if (now.isEmpty()) {
            warnings.add("there is no control group /" + String.join("/", names)
                    + " now; the guard is about one that is made there later");
        }
        Value group = of(span, "cgroups", "dfl_cgrp");
        Value level = places.follow(group, span, "level");
        Node deep = Folding.compare(Operator.GE, level.node(), new Node.Const(names.size(), IntKind.S32, span), span);
        CType struct = types.resolve(((CType.Pointer) group.type()).to());
        Node index = new Node.Const(names.size(), IntKind.S32, span);
        return places.has(struct, "ancestors")
                ? Folding.logic(Operator.AND, deep, isPath(group, names, index, span), span)
                : Folding.logic(Operator.AND, deep, hasId(group, now, pathSpan, index, span), span);
    }

    private Place ancestor(Value group, String field, Node index, Span span) throws WrongException {
        Place all = places.member(places.pointee(group, span), field, span, span);
        if (!(all.type() instanceof CType.Array array)) {
            throw new WrongException(span, "struct cgroup of this kernel is not known to guards");
        }
        return places.element(all, new CType.Array(array.element(), 0), Value.number(index), span);
    }

    private Node isPath(Value group, List<String> names, Node index, Span span) throws WrongException {
        Value node = places.follow(places.load(ancestor(group, "ancestors", index, span)), span, "kn");
        CType struct = types.resolve(((CType.Pointer) node.type()).to());
        String up = places.has(struct, "parent") ? "parent" : "__parent";
        List<Node> equal = new ArrayList<>();
        for (String name : names.reversed()) {
            Value text = places.follow(node, span, "name");
            Node.Memory at = places.pointee(text, span).at();
            equal.add(new Node.TextIs(at, 0, name, TextMatch.WHOLE, span));
            node = places.follow(node, span, up);
        }
        return all(span, equal.toArray(Node[]::new));
    }

    /** Kernels before 6.1 keep the ids of the groups above only. */
    private Node hasId(Value group, OptionalLong id, Span pathSpan, Node index, Span span) throws WrongException {
        if (id.isEmpty()) {
            throw new WrongException(
                    pathSpan,
                    "there is no such control group; on a kernel before 6.1 a guard is about the one that is there now");
        }
        warnings.add(
                "on a kernel before 6.1 the guard is about the control group that is there now; if it is removed and"
                        + " made again, engage again");
        return equal(places.load(ancestor(group, "ancestor_ids", index, span)).node(), id.getAsLong(), span);
    }
}
