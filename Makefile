# SPDX-License-Identifier: GPL-2.0-or-later
# killswitch: the kernel modules, the userland and the selftests. "make help" says what there is.

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr

KERNEL := $(CURDIR)/kernel
# What the userland is made from; it is built again when any of it changes.
USERLAND := $(if $(wildcard userland),$(shell find userland \( -name target -o -name test \) -prune -o -type f -print) docs/guards.md packaging/debian/changelog packaging/debian/copyright)
IMAGE := userland/cli/target/killswitch
RUNTIME := $(IMAGE)/bin/killswitch
MANUAL := userland/manual/target/manual
# Goes through what mitigations close: rehearsals of a CVE run it.
DOOR := selftests/doors/ks-door

# Where root's commands are; a user who installs into DESTDIR need not have them on the PATH.
export PATH := $(PATH):/usr/sbin:/sbin

# The one line that says what is missing and how to get it, and no more of make's own.
need = $(foreach said,$(subst $() ,~,$(shell script/lacking $1)),$(error $(subst ~, ,$(said))))

all: modules userland door

help:
	@echo 'make                      kernel modules for the running kernel, and the userland'
	@echo 'make modules [KDIR=D]     kernel/killswitch.ko and kernel/test_killswitch.ko, against the kernel build tree D;'
	@echo '                          for another architecture ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- KDIR=D'
	@echo 'make userland             the killswitch command with its own Java runtime, in $(IMAGE)'
	@echo 'make door                 $(DOOR), which "killswitch rehearse CVE" runs in its guest'
	@echo 'make install              what was built: the module, the command and what goes with them (as root);'
	@echo '                          DESTDIR=D below D, TEST_MODULE=y with the tests'\'' module, PREFIX=/usr/local elsewhere'
	@echo 'make install-fleet        the agent of a host in a fleet, and the fleet'\''s controller and commands (docs/fleet.md)'
	@echo 'make uninstall            take that away again; the same DESTDIR and PREFIX'
	@echo 'make deb                  the Debian packages killswitch, killswitch-dkms, killswitch-agent and killswitch-fleet,'
	@echo '                          in packaging/target'
	@echo 'make rpm                  the first two as RPM packages, in packaging/target/rpm'
	@echo 'make selftests            what selftests/killswitch_test.sh needs'
	@echo 'make format               lay out the Java sources as "make userland" wants them'
	@echo 'make clean                remove what was built'
	@echo 'script/test               run all tests;  script/demo: see it work'

# The kernel's own compiler, unless another is asked for. make looks for CC on the command line only, and so do we.
compiler = $(if $(LLVM)$(filter command,$(origin CC)),,$(shell script/kernel-compiler '$(KDIR)' '$(CROSS_COMPILE)' 2>/dev/null))

modules:
	$(call need,modules '$(KDIR)' '$(CROSS_COMPILE)' $(MAKEOVERRIDES))
	$(MAKE) -C '$(KDIR)' M='$(KERNEL)' $(compiler) modules

userland: $(RUNTIME)

$(RUNTIME): $(USERLAND)
	$(call need,userland)
	@said=$$(script/maven --quiet -DskipTests package) || { printf '%s\n' "$$said" >&2; exit 1; }
	@touch $@

door:
	$(call need,selftests)
	$(MAKE) -C selftests/doors ks-door

# Where things go. The kernel module looks for the loader there, wherever the rest is.
LOADER := /usr/sbin/ks-bpf-load
# Debian's zsh looks for what packages bring elsewhere than for what an administrator installs.
HOME_DIR := $(PREFIX)/lib/killswitch
UNIT_DIR := $(PREFIX)/lib/systemd/system
UNITS := $(notdir $(wildcard packaging/systemd/*))
MAN_DIR := $(PREFIX)/share/man
BASH_COMPLETION := $(PREFIX)/share/bash-completion/completions/killswitch
ZSH_COMPLETION := $(PREFIX)/share/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)/_killswitch
DOC_DIR := $(PREFIX)/share/doc/killswitch
EXAMPLES := modprobe.d/killswitch.conf.example modules-load.d/killswitch.conf.example motd/60-killswitch \
	prometheus/killswitch.rules.yml $(patsubst packaging/%,%,$(shell test ! -d packaging || find packaging/ansible -type f))

# Whatever there is to install has been built before, by a user who need not be root.
built = $(if $(wildcard $1),,$(error $@: $(firstword $(wildcard $1) $1) is not built: run make first))

install: install-module install-userland

# For the kernel that it was built for, which need not be the running one. The copy is exact: a signature stays valid.
install-module:
	$(call need,install)
	$(call built,kernel/killswitch.ko)
	@set -e; \
	for ko in killswitch $(if $(TEST_MODULE),test_killswitch); do \
		release=$$(modinfo -F vermagic kernel/$$ko.ko | cut -d' ' -f1); \
		install -D -m 644 kernel/$$ko.ko '$(DESTDIR)'/lib/modules/$$release/updates/$$ko.ko; \
	done; \
	test -n '$(DESTDIR)' || depmod $$release

# $1: an image, of which no more than this is installed; it has the name of its program; $2: where
define install_image
	$(call built,$1/bin/$(notdir $1))
	rm -rf '$(DESTDIR)$2'
	install -d '$(DESTDIR)$2'
	cp -R --preserve=mode,timestamps,links $(addprefix $1/,bin legal lib mitigations runtime) '$(DESTDIR)$2/'
endef

install-userland:
	$(call install_image,$(IMAGE),$(HOME_DIR))
	$(call built,$(DOOR))
	install -d '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(dir $(LOADER))'
	install -m 755 -t '$(DESTDIR)$(HOME_DIR)/bin' $(DOOR)
	ln -sfn ../lib/killswitch/bin/killswitch '$(DESTDIR)$(PREFIX)/bin/killswitch'
	ln -sfn $(if $(filter /usr,$(PREFIX)),..,$(PREFIX))/lib/killswitch/bin/ks-bpf-load '$(DESTDIR)$(LOADER)'
	install -d '$(DESTDIR)$(UNIT_DIR)'
	for u in $(UNITS); do sed 's#/usr/bin/killswitch#$(PREFIX)/bin/killswitch#' packaging/systemd/$$u >'$(DESTDIR)$(UNIT_DIR)/'$$u || exit 1; done
	install -m 644 -D -t '$(DESTDIR)$(MAN_DIR)/man7' $(MANUAL)/man7/*.7
	install -m 644 -D -t '$(DESTDIR)$(MAN_DIR)/man8' $(MANUAL)/man8/*.8
	install -D -m 644 $(MANUAL)/bash/killswitch '$(DESTDIR)$(BASH_COMPLETION)'
	install -D -m 644 $(MANUAL)/zsh/_killswitch '$(DESTDIR)$(ZSH_COMPLETION)'
	install -m 644 -D -t '$(DESTDIR)$(DOC_DIR)' README.md docs/*.md
	for e in $(EXAMPLES); do install -D -m 644 packaging/$$e '$(DESTDIR)$(DOC_DIR)/examples/'$$e || exit 1; done
	@test -n '$(DESTDIR)' -o ! -d /run/systemd/system || systemctl daemon-reload

FLEET := killswitch-agent killswitch-fleet
install-fleet: install-agent install-controller

# $1: the program
define install_program
	$(call install_image,userland/fleet/target/$1,$(PREFIX)/lib/$1)
	install -d '$(DESTDIR)$(PREFIX)/sbin' '$(DESTDIR)$(UNIT_DIR)'
	ln -sfn ../lib/$1/bin/$1 '$(DESTDIR)$(PREFIX)/sbin/$1'
	sed 's#/usr/sbin/#$(PREFIX)/sbin/#' packaging/fleet/$1.service >'$(DESTDIR)$(UNIT_DIR)/$1.service'
endef

install-agent:
	$(call install_program,killswitch-agent)
	install -m 644 -D -t '$(DESTDIR)$(MAN_DIR)/man8' packaging/fleet/killswitch-agent.8
	install -m 644 -D -t '$(DESTDIR)$(PREFIX)/share/doc/killswitch-agent/examples' packaging/fleet/agent.yaml

install-controller:
	$(call install_program,killswitch-fleet)
	install -m 644 -D -t '$(DESTDIR)$(PREFIX)/share/doc/killswitch-fleet/examples' $(addprefix packaging/fleet/,fleet.yaml nats-server.conf \
		killswitch-fleet.rules.yml grafana-dashboard.json)
	install -m 755 -t '$(DESTDIR)$(PREFIX)/share/doc/killswitch-fleet/examples' packaging/fleet/fleet-certificate

# For dkms, which "dkms add" is told of: no more than it needs, and nothing to tidy up.
VERSION = $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"$$/\1/p' dkms.conf)
DKMS_DIR = $(DESTDIR)$(PREFIX)/src/killswitch-$(VERSION)
install-dkms-source:
	cd kernel && find . -type f \( -name '*.[chS]' -o -name Kbuild \) ! -name '*.mod.c' ! -name ks_features.h \
		-exec install -D -m 644 '{}' '$(DKMS_DIR)/kernel/{}' \;
	install -m 644 Makefile '$(DKMS_DIR)/'
	install -D -m 755 -t '$(DKMS_DIR)/script' script/kernel-compiler script/lacking
	sed '/POST_ADD/d; /^# "dkms add/d' dkms.conf >'$(DKMS_DIR)/dkms.conf'

# The module goes for every kernel it was installed for. dkms keeps its own in updates/dkms.
uninstall:
	$(call need,install)
	@for ko in '$(DESTDIR)'/lib/modules/*/updates/killswitch.ko '$(DESTDIR)'/lib/modules/*/updates/test_killswitch.ko; do \
		test -e "$$ko" || continue; \
		rm "$$ko"; updates=$${ko%/*}; \
		rmdir --ignore-fail-on-non-empty "$$updates"; \
		test -n '$(DESTDIR)' || depmod "$$(basename "$${updates%/*}")"; \
	done
	@test -n '$(DESTDIR)' -o ! -d /run/systemd/system || \
		systemctl --quiet disable $(UNITS) $(notdir $(wildcard $(FLEET:%=$(UNIT_DIR)/%.service)))
	rm -rf $(foreach p,$(FLEET),'$(DESTDIR)$(PREFIX)/lib/$p' '$(DESTDIR)$(PREFIX)/share/doc/$p')
	rm -f $(foreach p,$(FLEET),'$(DESTDIR)$(PREFIX)/sbin/$p' '$(DESTDIR)$(UNIT_DIR)/$p.service')
	rm -rf '$(DESTDIR)$(HOME_DIR)' '$(DESTDIR)$(DOC_DIR)'
	rm -f '$(DESTDIR)$(PREFIX)/bin/killswitch' '$(DESTDIR)$(LOADER)' '$(DESTDIR)$(BASH_COMPLETION)' '$(DESTDIR)$(ZSH_COMPLETION)'
	rm -f $(patsubst %,'$(DESTDIR)$(UNIT_DIR)/%',$(UNITS))
	rm -f '$(DESTDIR)$(MAN_DIR)'/man8/killswitch.8 '$(DESTDIR)$(MAN_DIR)'/man[78]/killswitch-*.[78] \
		'$(DESTDIR)$(MAN_DIR)'/man8/ks-bpf-load.8
	@test -n '$(DESTDIR)' -o ! -d /run/systemd/system || systemctl daemon-reload

# dpkg-buildpackage leaves what it makes above the folder that it is started in.
PACKAGES ?= packaging/target
deb: deb-tools userland door
	@mkdir -p '$(PACKAGES)'
	@find '$(PACKAGES)' -maxdepth 1 -type f -delete
	@rm -rf '$(PACKAGES)/build'
	@mkdir '$(PACKAGES)/build'
	@cp -R packaging/debian '$(PACKAGES)/build/debian'
	@cd '$(PACKAGES)/build' && KS_SOURCE='$(CURDIR)' dpkg-buildpackage --build=binary --no-sign >../build.log 2>&1 || \
		{ cat ../build.log >&2; exit 1; }
	@rm -rf '$(PACKAGES)/build'
	@ls '$(PACKAGES)'/*.deb

# rpmbuild makes folders of its own wherever it is told to work.
RPM_BUILD = $(abspath $(PACKAGES))/rpm/build
rpm: rpm-tools userland door
	@rm -rf '$(PACKAGES)/rpm'
	@mkdir -p '$(RPM_BUILD)'
	@rpmbuild -bb --define '_topdir $(RPM_BUILD)' --define 'ks_source $(CURDIR)' --define 'ks_version $(VERSION)' \
		packaging/rpm/killswitch.spec >'$(PACKAGES)/rpm/build.log' 2>&1 || { cat '$(PACKAGES)/rpm/build.log' >&2; exit 1; }
	@mv '$(RPM_BUILD)'/RPMS/*/*.rpm '$(PACKAGES)/rpm/'
	@rm -rf '$(RPM_BUILD)'
	@ls '$(PACKAGES)'/rpm/*.rpm

# before the userland is built for nothing
deb-tools rpm-tools: %-tools:
	$(call need,$*)

format:
	@script/maven --quiet --activate-profiles systemtest spotless:apply

selftests:
	$(call need,selftests)
	$(MAKE) -C selftests

clean: clean-kernel
	rm -rf userland/target userland/*/target packaging/target
	$(MAKE) -C selftests clean
	$(MAKE) -C bench clean

clean-kernel:
	test ! -e '$(KDIR)/Makefile' || $(MAKE) -C '$(KDIR)' M='$(KERNEL)' clean

.PHONY: all help modules userland door install install-module install-userland install-fleet install-agent install-controller install-dkms-source uninstall deb deb-tools rpm rpm-tools format selftests clean clean-kernel
