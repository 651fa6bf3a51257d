// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include "doors.h"

static void ring(const struct door *door)
{
	const struct tpacket_req request = {
		.tp_block_size = 4096,
		.tp_block_nr = 1,
		.tp_frame_size = 2048,
		.tp_frame_nr = 2,
	};
	int fd;

	(void)door;
	fd = pass(sys(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)), ABSENT_SOCKET, "socket");
	pass(sys(setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request))), NULL,
	     "PACKET_RX_RING");
}

const struct door packet_doors[] = {
	{ "packet_ring", "AF_PACKET, a receive ring", NET_NAMESPACE, ring, NULL },
	{ 0 },
};
