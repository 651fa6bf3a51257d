// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A copy of the run-time image somewhere else, to see what it starts from and to break it. */
record ImageCopy(Path home) {

    /** Copies the image as installing it does: file times stay what they are. */
    static ImageCopy in(Path dir) {
        Path home = dir.resolve("elsewhere/killswitch");
        Project.run(List.of("mkdir", home.getParent().toString()));
        Project.run(List.of("cp", "-a", Project.IMAGE.toString(), home.toString()));
        return new ImageCopy(home);
    }

    Path launcher() {
        return home.resolve("bin/killswitch");
    }

    Path cache() {
        return home.resolve("runtime/lib/killswitch.aot");
    }

    /** Shell words for: start the command of an image, and count its own classes that come from the AOT cache. */
    static String classesFromCache(Path home) {
        // The launcher silences the JVM; what it starts is the same but for that.
        return "sed 's/-Xlog:disable/-Xlog:class+load/' " + home + "/bin/killswitch > " + home + "/bin/telling;"
                + " sh " + home
                + "/bin/telling status 2>/dev/null | grep -c 'org[.]killswitch[.].*source: shared objects file'";
    }

    /** How many of the command's own classes came from the AOT cache. */
    int classesFromCache() throws IOException {
        String count =
                Project.tryRun(List.of("sh", "-c", classesFromCache(home))).output();
        Files.delete(home.resolve("bin/telling"));
        return Integer.parseInt(count.strip());
    }
}
