// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** A folder for as long as something is made in it; it goes when it is closed, and when the program is interrupted. */
public final class Scratch implements AutoCloseable {

    /** What is killed on an interrupt may write for a moment yet. */
    private static final int TRIES = 20;

    private static final long BETWEEN_TRIES_MS = 100;

    private final Path folder;
    private final Thread hook;

    private Scratch(Path folder) {
        this.folder = folder;
        hook = new Thread(this::deleteAtLast);
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            Cache.deleteQuietly(folder);
            throw new LabException("interrupted", e);
        }
    }

    /** One in a folder. */
    public static Scratch in(Path parent, String prefix) throws IOException {
        return new Scratch(Files.createTempDirectory(parent, prefix));
    }

    /** One in the folder for temporary files. */
    public static Scratch temporary(String prefix) throws IOException {
        return new Scratch(Files.createTempDirectory(prefix));
    }

    public Path folder() {
        return folder;
    }

    private void deleteAtLast() {
        for (int i = 0; i < TRIES && Files.exists(folder, LinkOption.NOFOLLOW_LINKS); i++) {
            Cache.deleteQuietly(folder);
            try {
                Thread.sleep(i == 0 ? 0 : BETWEEN_TRIES_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Deletes it, unless it has been renamed. */
    @Override
    public void close() {
        Cache.deleteQuietly(folder);
        Commands.removeHook(hook);
    }
}
