// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/**
 * The words of engage that are no options: functions, and the value at the end, which the parser cannot tell from them.
 *
 * @param retval null with a program, which has its own
 */
public record EngageWords(
        List<SymbolName> symbols, @Nullable Retval retval) {

    /**
     * Takes the words apart.
     *
     * @param words all after the first one
     * @param program whether there is a program instead of a value
     */
    public static EngageWords of(Converters.Symbols first, List<String> words, boolean program, CommandLine command) {
        List<String> functions = program || words.isEmpty() ? words : words.subList(0, words.size() - 1);
        List<Converters.Symbols> symbols = new ArrayList<>(List.of(first));
        for (String word : functions) {
            if (isRetval(word)) {
                throw new ParameterException(
                        command,
                        program
                                ? "--bpf takes no RETVAL and no other option: the program decides"
                                : "unexpected argument '" + words.get(words.indexOf(word) + 1) + "'");
            }
            symbols.add(convert(word, new Converters.ToSymbols(), command));
        }
        if (program) {
            return new EngageWords(Converters.Symbols.all(symbols), null);
        }
        if (words.isEmpty()) {
            throw new ParameterException(
                    command,
                    "RETVAL is missing: the value that " + first.names().getFirst() + " is to return");
        }
        return new EngageWords(
                Converters.Symbols.all(symbols), convert(words.getLast(), new Converters.ToRetval(), command));
    }

    private static boolean isRetval(String word) {
        try {
            new Converters.ToRetval().convert(word);
            return true;
        } catch (TypeConversionException e) {
            return false;
        }
    }

    private static <T> T convert(String word, ITypeConverter<T> converter, CommandLine command) {
        try {
            return converter.convert(word);
        } catch (Exception e) {
            // Each of ours says what is wrong, and throws nothing else.
            throw new ParameterException(command, String.valueOf(e.getMessage()));
        }
    }
}
