package org.killswitch.guard;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Expressions about the function of {@link TestScope} that use all of the grammar. Most are right; some are not, as where
 * C's precedence makes of two parts what the compiler refuses.
 */
final class RandomExpressions {

    private static final List<String> ARITHMETIC = List.of("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>");
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
            "-1",
            "-128",
            "-2147483648",
            "017");

    private final RandomGenerator random;

    RandomExpressions(RandomGenerator random) {
        this.random = random;
    }

    String next() {
        return condition(1 + random.nextInt(4));
    }

    private String condition(int depth) {
        if (depth <= 0) {
            return random.nextInt(6) == 0 ? text() : number(0);
        }
        return switch (random.nextInt(9)) {
            case 0 -> "!" + group(condition(depth - 1));
            case 1, 2 -> condition(depth - 1) + " && " + condition(depth - 1);
            case 3 -> group(condition(depth - 1) + pick(List.of(" || ", "||")) + condition(depth - 1));
            case 4 -> condition(depth - 1) + " || " + condition(depth - 1);
            case 5 -> text();
            case 6 -> pointer() + " " + pick(List.of("==", "!=")) + " " + pick(List.of("0", pointer()));
            default -> number(depth - 1) + " " + pick(COMPARISONS) + " " + number(depth - 1);
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
        return switch (random.nextInt(6)) {
            case 0 -> pick(List.of("~", "-", "+", "!")) + group(number(depth - 1));
            case 1 -> number(depth - 1) + " " + pick(ARITHMETIC) + " " + number(depth - 1);
            case 2 -> group(condition(depth - 1));
            default -> group(number(depth - 1) + pick(ARITHMETIC) + number(depth - 1));
        };
    }

    /** A number in memory. */
    private String place() {
        String node = pointer() + "->";
        return switch (random.nextInt(8)) {
            case 0, 1 -> node + pick(List.of("value", "as_int", "as_long", "yes", "color"));
            case 2, 3 -> node + pick(List.of("three", "seven", "five", "wide"));
            case 4 -> node + "table[" + index() + "]";
            case 5 -> node + "list[" + index() + "]." + pick(List.of("number", "byte", "small", "name[3]"));
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
        return what + pick(List.of(" == ", " != ")) + '"' + text + '"';
    }

    private static String group(String inner) {
        return "(" + inner + ")";
    }

    private String pick(List<String> list) {
        return list.get(random.nextInt(list.size()));
    }
}
