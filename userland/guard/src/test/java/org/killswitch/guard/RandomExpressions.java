// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Expressions about the function of {@link TestScope} that use all of the grammar. Most are right; some are not, as where
 * C's precedence makes of two parts what the compiler refuses.
 */
final class RandomExpressions {

    private static final List<String> ARITHMETIC = List.of("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>");
    private static final List<String> TYPES =
            List.of("unsigned char", "signed char", "u16", "short", "int", "unsigned", "long", "unsigned long");
    private static final List<String> COMPARISONS = List.of("==", "!=", "<", "<=", ">", ">=");
    private static final List<String> LITERALS = List.of(
            "0",
            "1",
            "2",
            "3",
            "7",
            "8",
            "16",
            "31",
            "32",
            "63",
            "64",
            "127",
            "128",
            "255",
            "256",
            "65535",
            "0x7fffffff",
            "0x80000000",
            "0xffffffff",
            "2147483648",
            "4294967295",
            "0x100000000",
            "0x7fffffffffffffff",
            "1u",
            "3ul",
            "0xffffffffffffffff",
            "'a'",
            "'\\0'",
            "-1",
            "-128",
            "-2147483648",
            "017");

    private final RandomGenerator random;

    private final boolean plainC;

    RandomExpressions(RandomGenerator random) {
        this(random, false);
    }

    /**
     * Such expressions as are wanted.
     *
     * @param plainC only what C has, too, and defines: no division by what may be 0, no shift by what may be any number,
     *     no strings; and no constant that decides, so that everything is read
     */
    RandomExpressions(RandomGenerator random, boolean plainC) {
        this.random = random;
        this.plainC = plainC;
    }

    String next() {
        return condition(1 + random.nextInt(4));
    }

    private String condition(int depth) {
        if (depth <= 0) {
            return plainC ? place() : random.nextInt(6) == 0 ? text() : number(0);
        }
        return switch (random.nextInt(10)) {
            case 0 -> "!" + group(condition(depth - 1));
            case 1, 2 ->
                condition(depth - 1) + pick(plainC ? List.of(" && ") : List.of(" && ", " and ")) + condition(depth - 1);
            case 3 -> group(condition(depth - 1) + pick(List.of(" || ", "||")) + condition(depth - 1));
            case 4 ->
                condition(depth - 1) + pick(plainC ? List.of(" || ") : List.of(" || ", " or ")) + condition(depth - 1);
            case 5 -> plainC ? place() : text();
            case 7 -> plainC ? place() : number(0) + " in (" + pick(LITERALS) + ", " + number(0) + ")";
            case 6 -> pointer() + " " + pick(List.of("==", "!=")) + " " + pick(List.of("0", pointer()));
            default -> (plainC ? place() : number(depth - 1)) + " " + pick(COMPARISONS) + " " + number(depth - 1);
        };
    }

    private String number(int depth) {
        if (depth <= 0) {
            return switch (random.nextInt(8)) {
                case 0 -> pick(LITERALS);
                case 1 -> pick(List.of("RED", "GREEN", "BLUE", "AF_INET", "EPERM", "SOCK_RAW"));
                case 2 -> pick(List.of("uid", "gid", "pid", "caller.uid"));
                case 3, 4 -> pick(List.of("u", "c", "l", "arg3", "arg4", "arg5"));
                default -> place();
            };
        }
        return switch (random.nextInt(8)) {
            case 0 -> pick(List.of("~", "-", "+", "!")) + group(number(depth - 1));
            case 1 -> number(depth - 1) + " " + operator() + " " + number(depth - 1);
            case 2 -> group(condition(depth - 1));
            case 3 -> group(pick(TYPES)) + group(number(depth - 1));
            case 4 -> plainC ? place() : pick(List.of("htons", "htonl")) + group(number(depth - 1));
            default -> group(number(depth - 1) + operator() + number(depth - 1));
        };
    }

    private String operator() {
        return pick(plainC ? List.of("+", "-", "*", "&", "|", "^") : ARITHMETIC);
    }

    /** A number in memory. */
    private String place() {
        String node = pointer() + "->";
        if (!plainC && random.nextInt(12) == 0) {
            return pick(List.of(
                    "container_of(in, struct node, in)->value",
                    "container_of(&" + node + "in.small, struct node, in.small)->three",
                    "ntohs((__be16)" + node + "in.small)",
                    "(*&" + node + "as_int)"));
        }
        return switch (random.nextInt(8)) {
            case 0 -> node + pick(List.of("value", "as_int", "as_long", plainC ? "value" : "yes", "color"));
            // A compiler may calculate with a bit-field of 40 bits in 40 bits.
            case 2, 3 -> node + pick(List.of("three", "seven", "five", plainC ? "five" : "wide"));
            case 4 -> node + "table[" + index() + "]";
            case 5 -> node + "list[" + index() + "]." + pick(List.of("number", "byte", "small", "name[3]"));
            case 1 ->
                "((struct inner *)" + group(pick(List.of(pointer(), "l"))) + ")->" + pick(List.of("number", "small"));
            case 6 -> inner() + pick(List.of("number", "byte", "small", "name[" + index() + "]"));
            default -> pick(List.of("*" + node + "text", node + "text[" + index() + "]", "(*" + node + "ptr).byte"));
        };
    }

    private String index() {
        return random.nextInt(3) > 0 ? Integer.toString(random.nextInt(4)) : group(number(random.nextInt(2))) + " & 3";
    }

    private String pointer() {
        StringBuilder text = new StringBuilder(pick(List.of("first", "arg1")));
        while (random.nextInt(3) == 0) {
            text.append("->next");
        }
        return text.toString();
    }

    /** A struct inner, and the sign that follows it. */
    private String inner() {
        return switch (random.nextInt(4)) {
            case 0 -> pick(List.of("in", "arg2")) + "->";
            case 1 -> pointer() + "->in.";
            case 2 -> "(*in).";
            default -> pointer() + "->ptr->";
        };
    }

    private String text() {
        String what = pick(List.of("comm", inner() + "name", pointer() + "->text", pointer() + "->in.name"));
        String text = pick(List.of("abc", "", "abcdefg", "abcdefgh", "main", "abcdefghijklmno"));
        // The end of a comm is read from the task, which is not among the memory of these tests.
        List<String> signs =
                what.equals("comm") ? List.of(" == ", " != ", " ^= ") : List.of(" == ", " != ", " ^= ", " $= ");
        return what + pick(signs) + '"' + text + '"';
    }

    private static String group(String inner) {
        return "(" + inner + ")";
    }

    private String pick(List<String> list) {
        return list.get(random.nextInt(list.size()));
    }
}
