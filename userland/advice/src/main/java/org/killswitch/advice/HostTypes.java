// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.killswitch.host.SystemFiles;
import org.killswitch.host.btf.Btf;
import org.killswitch.host.btf.BtfException;
import org.killswitch.host.btf.KernelBtf;

/** What functions return and take by the types of a host's kernel and its modules, each of which is read once. */
final class HostTypes implements Kernel.Signatures {

    private final SystemFiles files;
    private final Map<String, Optional<Btf>> types = new HashMap<>();
    private final Map<String, Optional<Signature>> signatures = new HashMap<>();

    HostTypes(SystemFiles files) {
        this.files = files;
    }

    @Override
    public Optional<Signature> of(String module, String function) {
        String name = module + ":" + function;
        Optional<Signature> signature = signatures.get(name);
        if (signature == null) {
            signature = types(module).flatMap(btf -> Signature.of(btf, function));
            signatures.put(name, signature);
        }
        return signature;
    }

    private Optional<Btf> types(String module) {
        Optional<Btf> known = types.get(module);
        if (known == null) {
            known = read(module);
            types.put(module, known);
        }
        return known;
    }

    private Optional<Btf> read(String module) {
        try {
            if (module.isEmpty()) {
                return KernelBtf.ofKernel(files);
            }
            Optional<Btf> kernel = types("");
            return kernel.isPresent() ? KernelBtf.ofModule(files, module, kernel.get()) : Optional.empty();
        } catch (BtfException e) {
            return Optional.empty(); // check says that there is no type
        }
    }
}
