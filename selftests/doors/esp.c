// SPDX-License-Identifier: GPL-2.0-only
/*
 * IPsec ESP over loopback, in transport mode with null encryption and no
 * authentication, so that what is received can be made without any cryptography.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "../netlink.h"
#include "doors.h"

#define SPI 0x5eed
#define TEXT "door"
#define TIMEOUT 3000	/* ms */

struct family {
	int family;
	const struct sockaddr *loopback;
	socklen_t size;
};

/* A datagram inside ESP: RFC 4303 with the NULL cipher of RFC 2410. */
struct packet {
	uint32_t spi, sequence;
	struct udphdr udp;
	char text[4];
	uint8_t padding[2], padding_size, next_header;
};

static xfrm_address_t loopback_of(const struct family *f)
{
	xfrm_address_t a = { 0 };

	if (f->family == AF_INET)
		a.a4 = ((const struct sockaddr_in *)f->loopback)->sin_addr.s_addr;
	else
		memcpy(&a, &((const struct sockaddr_in6 *)f->loopback)->sin6_addr, sizeof(a.a6));
	return a;
}

static void add_association(const struct family *f)
{
	const struct xfrm_lifetime_cfg forever = {
		.soft_byte_limit = XFRM_INF,
		.hard_byte_limit = XFRM_INF,
		.soft_packet_limit = XFRM_INF,
		.hard_packet_limit = XFRM_INF,
	};
	const struct xfrm_usersa_info sa = {
		.saddr = loopback_of(f),
		.id = { .daddr = loopback_of(f), .spi = htonl(SPI), .proto = IPPROTO_ESP },
		.sel.family = f->family,
		.lft = forever,
		.family = f->family,
		.mode = XFRM_MODE_TRANSPORT,
	};
	const struct xfrm_algo cipher = { .alg_name = "ecb(cipher_null)" };
	struct nl_request r;
	int fd;

	fd = need(nl_open(NETLINK_XFRM), ABSENT_IF(EPROTONOSUPPORT), "xfrm_user");
	nl_begin(&r, XFRM_MSG_NEWSA, NLM_F_CREATE | NLM_F_EXCL, &sa, sizeof(sa));
	nl_put(&r, XFRMA_ALG_CRYPT, &cipher, sizeof(cipher));
	pass(nl_do(fd, &r), ABSENT_IF(EPROTONOSUPPORT, ENOSYS, ENOENT), "adding an ESP association");
}

/* The Internet checksum of @packet's UDP part between loopback addresses; IPv6 insists on it. */
static uint16_t checksum(const struct family *f, const struct packet *packet)
{
	const size_t size = sizeof(packet->udp) + sizeof(packet->text);
	const xfrm_address_t address = loopback_of(f);
	const uint8_t *bytes = (const uint8_t *)&packet->udp;
	uint32_t sum = IPPROTO_UDP + size;
	size_t i;

	for (i = 0; i < 8; i++)	/* source and destination are the same */
		sum += 2 * ntohs(((const uint16_t *)&address)[i]);
	for (i = 0; i < size; i += 2)
		sum += bytes[i] << 8 | bytes[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(sum == 0xffff ? 0xffff : ~sum);
}

static void receive(const struct door *door)
{
	const struct family *f = door->data;
	struct packet packet = {
		.spi = htonl(SPI),
		.sequence = htonl(1),
		.udp.uh_ulen = htons(sizeof(packet.udp) + sizeof(packet.text)),
		.text = { TEXT[0], TEXT[1], TEXT[2], TEXT[3] },
		.padding = { 1, 2 },
		.padding_size = 2,
		.next_header = IPPROTO_UDP,
	};
	struct sockaddr_storage to = { 0 };
	socklen_t size = f->size;
	struct pollfd udp = { .events = POLLIN };
	char got[sizeof(packet.text)];
	int raw;

	loopback_up();
	udp.fd = need(sys(socket(f->family, SOCK_DGRAM | SOCK_CLOEXEC, 0)), ABSENT_SOCKET, "UDP");
	need(sys(bind(udp.fd, f->loopback, f->size)), ABSENT_IF(EADDRNOTAVAIL), "bind");
	need(sys(getsockname(udp.fd, (struct sockaddr *)&to, &size)), NULL, "getsockname");
	raw = need(sys(socket(f->family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ESP)), NULL, "a raw socket");
	add_association(f);

	/* The port has the same place in the addresses of both families. */
	packet.udp.uh_sport = packet.udp.uh_dport = ((struct sockaddr_in *)&to)->sin_port;
	packet.udp.uh_sum = checksum(f, &packet);
	need(sys(sendto(raw, &packet, sizeof(packet), 0, f->loopback, f->size)), NULL, "sendto");
	if (need(sys(poll(&udp, 1, TIMEOUT)), NULL, "poll") == 0)
		closed("the ESP packet was dropped");
	need(sys(recv(udp.fd, got, sizeof(got), 0)), NULL, "recv");
	if (memcmp(got, TEXT, sizeof(got)))
		failed("what arrived is not what was sent");
}

static const struct sockaddr_in loopback4 = {
	.sin_family = AF_INET,
	.sin_addr.s_addr = __builtin_bswap32(INADDR_LOOPBACK),
};

static const struct sockaddr_in6 loopback6 = {
	.sin6_family = AF_INET6,
	.sin6_addr = IN6ADDR_LOOPBACK_INIT,
};

static const struct family ipv4 = {
	AF_INET, (const struct sockaddr *)&loopback4, sizeof(loopback4)
};

static const struct family ipv6 = {
	AF_INET6, (const struct sockaddr *)&loopback6, sizeof(loopback6)
};

const struct door esp_doors[] = {
	{ "esp4_receive", "IPsec ESP over IPv4, receiving", NET_NAMESPACE, receive, &ipv4 },
	{ "esp6_receive", "IPsec ESP over IPv6, receiving", NET_NAMESPACE, receive, &ipv6 },
	{ 0 },
};
