// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "doors.h"

#ifndef TCP_ULP
#define TCP_ULP 31
#endif

/* Return: a TCP socket that is connected over loopback. */
static int connection(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(address);
	int listener, fd;

	listener = need(sys(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), NULL, "a TCP socket");
	need(sys(bind(listener, (struct sockaddr *)&address, size)), NULL, "bind");
	need(sys(getsockname(listener, (struct sockaddr *)&address, &size)), NULL, "getsockname");
	need(sys(listen(listener, 1)), NULL, "listen");
	fd = need(sys(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), NULL, "a TCP socket");
	need(sys(connect(fd, (struct sockaddr *)&address, size)), ABSENT_IF(ENETUNREACH),
	     "a connection over loopback");
	return fd;
}

static void ulp(const struct door *door)
{
	(void)door;
	pass(sys(setsockopt(connection(), IPPROTO_TCP, TCP_ULP, "tls", sizeof("tls") - 1)),
	     ABSENT_IF(ENOENT, ENOPROTOOPT), "TCP_ULP tls");
}

const struct door tls_doors[] = {
	{ "tls_ulp", "TLS on a TCP socket (TCP_ULP)", ANY_USER, ulp, NULL },
	{ 0 },
};
