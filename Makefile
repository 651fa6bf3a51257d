# SPDX-License-Identifier: GPL-2.0
# killswitch: the kernel modules, the userland and the selftests. "make help" says what there is.

KDIR ?= /lib/modules/$(shell uname -r)/build
KERNEL := $(CURDIR)/kernel
# What the userland is made from; it is built again when any of it changes.
USERLAND := $(shell find userland \( -name target -o -name test \) -prune -o -type f -print)
RUNTIME := userland/cli/target/killswitch/bin/killswitch

all: modules userland

help:
	@echo 'make                   kernel modules for the running kernel, and the userland'
	@echo 'make modules [KDIR=D]  kernel/killswitch.ko and kernel/test_killswitch.ko, against the kernel build tree D'
	@echo 'make userland          the killswitch command with its own Java runtime, in userland/cli/target/killswitch'
	@echo 'make install [DESTDIR=] what was built: the modules, and /usr/bin/killswitch'
	@echo 'make selftests         what selftests/killswitch_test.sh needs'
	@echo 'make format            lay out the Java sources as "make userland" wants them'
	@echo 'make clean             remove what was built'
	@echo 'script/test            run all tests;  script/demo: see it work'

# What needs a kernel build tree: the one line that says how to get it.
HEADERS = test -e '$(KDIR)/Makefile' || { echo "$@: no kernel headers in $(KDIR): install linux-headers-$$(uname -r) or give KDIR=..." >&2; exit 1; }

modules:
	@$(HEADERS)
	$(MAKE) -C '$(KDIR)' M='$(KERNEL)' modules

userland: $(RUNTIME)

$(RUNTIME): $(USERLAND)
	@said=$$(script/maven --quiet -DskipTests package) || { printf '%s\n' "$$said" >&2; exit 1; }
	@touch $@

# Whatever there is to install has been built before, by a user who need not be root.
install:
	@$(HEADERS)
	@test -e kernel/killswitch.ko -a -e $(RUNTIME) || { echo "install: nothing built yet: run make first" >&2; exit 1; }
	$(MAKE) -C '$(KDIR)' M='$(KERNEL)' INSTALL_MOD_PATH='$(DESTDIR)' modules_install
	test -n '$(DESTDIR)' || depmod
	mkdir -p '$(DESTDIR)/usr/lib/killswitch' '$(DESTDIR)/usr/bin'
	cp -R userland/cli/target/killswitch/. '$(DESTDIR)/usr/lib/killswitch/'
	ln -sf ../lib/killswitch/bin/killswitch '$(DESTDIR)/usr/bin/killswitch'

format:
	@script/maven --quiet --activate-profiles systemtest spotless:apply

selftests:
	$(MAKE) -C selftests

clean:
	rm -rf userland/target userland/*/target
	$(MAKE) -C selftests clean
	test ! -e '$(KDIR)/Makefile' || $(MAKE) -C '$(KDIR)' M='$(KERNEL)' clean

.PHONY: all help modules install userland format selftests clean
