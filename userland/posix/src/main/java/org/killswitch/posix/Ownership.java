// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a file's inode says about those who may change it. A symbolic link is not followed: whoever owns it chooses where
 * it leads.
 *
 * @param uid the owner's number
 * @param mode the type and the permissions, as in st_mode
 */
public record Ownership(int uid, int mode) {

    private static final int S_IFMT = 0170000;
    private static final int S_IFDIR = 0040000;
    private static final int S_ISVTX = 01000;
    private static final int WRITE_BY_GROUP = 0020;
    private static final int WRITE_BY_OTHERS = 0002;

    /** That of a file, which may be a link. */
    public static Ownership of(Path path) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        return new Ownership((Integer) attributes.get("uid"), (Integer) attributes.get("mode"));
    }

    /** Whether it is a folder, and no link to one. */
    public boolean isFolder() {
        return (mode & S_IFMT) == S_IFDIR;
    }

    /** Whether everybody may write to it. */
    public boolean isWritableByAll() {
        return (mode & WRITE_BY_OTHERS) != 0;
    }

    /** Whether only its owner may write to it. */
    public boolean isWritableByOwnerOnly() {
        return (mode & (WRITE_BY_GROUP | WRITE_BY_OTHERS)) == 0;
    }

    /** Whether others may neither rename nor remove what its owner has in this folder. */
    public boolean keepsEntriesOfOwner() {
        return isWritableByOwnerOnly() || (mode & S_ISVTX) != 0;
    }

    /** The permissions as chmod takes them. */
    public String permissions() {
        return String.format("%04o", mode & ~S_IFMT);
    }
}
