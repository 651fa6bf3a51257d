// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Something the lab could not do. The message is one line: what failed, why, and what to do about it. */
public class LabException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LabException(String message) {
        super(message);
    }

    public LabException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What went wrong with a file; an exception's own message is the file's name alone where there is no more to say. */
    public static String why(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied: " + denied.getMessage();
            case NoSuchFileException absent -> "no such file or folder: " + absent.getMessage();
            default -> String.valueOf(e.getMessage());
        };
    }
}
