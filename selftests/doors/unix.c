// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "doors.h"

/* AF_UNIX has out-of-band data since 5.15, where CONFIG_AF_UNIX_OOB is on. */
static void out_of_band(const struct door *door)
{
	int sockets[2];
	char byte;

	(void)door;
	need(sys(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets)), NULL, "socketpair");
	pass(sys(send(sockets[0], "x", 1, MSG_OOB)), ABSENT_IF(EOPNOTSUPP), "sending out-of-band data");
	pass(sys(recv(sockets[1], &byte, 1, MSG_OOB)), ABSENT_IF(EOPNOTSUPP),
	     "receiving out-of-band data");
}

const struct door unix_doors[] = {
	{ "unix_oob", "AF_UNIX, out-of-band data", ANY_USER, out_of_band, NULL },
	{ 0 },
};
