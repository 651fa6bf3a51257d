// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sys/socket.h>
#include <linux/vm_sockets.h>

#include "doors.h"

#ifndef VMADDR_CID_LOCAL
#define VMADDR_CID_LOCAL 1
#endif

static int stream(void)
{
	return pass(sys(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0)), ABSENT_SOCKET, "socket");
}

/* Within this machine, which takes no hypervisor but the module vsock_loopback. */
static void loopback(const struct door *door)
{
	struct sockaddr_vm address = {
		.svm_family = AF_VSOCK,
		.svm_cid = VMADDR_CID_LOCAL,
		.svm_port = VMADDR_PORT_ANY,
	};
	socklen_t size = sizeof(address);
	int listener = stream();

	(void)door;
	pass(sys(bind(listener, (struct sockaddr *)&address, size)), ABSENT_IF(EADDRNOTAVAIL), "bind");
	pass(sys(getsockname(listener, (struct sockaddr *)&address, &size)), NULL, "getsockname");
	pass(sys(listen(listener, 1)), NULL, "listen");
	pass(sys(connect(stream(), (struct sockaddr *)&address, size)), ABSENT_IF(ENODEV), "connect");
}

const struct door vsock_doors[] = {
	{ "vsock", "AF_VSOCK, a connection within the machine", ANY_USER, loopback, NULL },
	{ 0 },
};
