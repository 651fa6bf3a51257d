// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.btf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.killswitch.host.SystemFiles;

/** The types of the kernel that runs here, as it shows them itself; everyone may read them. */
public final class KernelBtf {

    /** Where they are. */
    public static final Path FILE = Path.of("/sys/kernel/btf/vmlinux");

    private static final SystemFiles THIS_HOST = new SystemFiles(Path.of("/"));

    private KernelBtf() {}

    /** Those of the kernel; empty where it was built without. */
    public static Optional<Btf> ofKernel() throws BtfException {
        return ofKernel(THIS_HOST);
    }

    /** The same, of the host that the files are of. */
    public static Optional<Btf> ofKernel(SystemFiles files) throws BtfException {
        Optional<byte[]> bytes = read(files.path(FILE.toString()));
        return bytes.isPresent() ? Optional.of(Btf.of(bytes.get())) : Optional.empty();
    }

    /**
     * Those of a module, on top of those of the kernel, from its file where it is not loaded; empty where there is no such
     * module, or it was built without.
     *
     * @param module its name as in /sys/module
     */
    public static Optional<Btf> ofModule(String module, Btf kernel) throws BtfException {
        return ofModule(THIS_HOST, module, kernel);
    }

    /** The same, of the host that the files are of. */
    public static Optional<Btf> ofModule(SystemFiles files, String module, Btf kernel) throws BtfException {
        Optional<byte[]> bytes = read(files.path(FILE.resolveSibling(module).toString()));
        if (bytes.isEmpty()) {
            Optional<Path> file = ModuleFile.find(files, module);
            bytes = file.isPresent() ? ModuleFile.types(file.get()) : Optional.empty();
        }
        return bytes.isPresent() ? Optional.of(Btf.of(bytes.get(), kernel)) : Optional.empty();
    }

    private static Optional<byte[]> read(Path file) throws BtfException {
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new BtfException(file + " cannot be read: " + e.getMessage());
        }
    }
}
