// SPDX-License-Identifier: GPL-2.0-only
/*
 * esp_udp [--timeout SECONDS]
 *
 * Does an UDP datagram cross an IPsec ESP transport-mode association between two
 * network namespaces? The receiving kernel takes it through esp_input(), where
 * CVE-2026-43284 is. Both namespaces exist only as descriptors of this process:
 * however it ends, they go, and the interfaces and associations with them.
 *
 * The receiver's policy takes no clear text, and a packet socket watches the
 * wire: what counts is a datagram that was seen there as ESP.
 *
 * Exit status: 0 it crossed; 1 something else went wrong; 2 it was dropped: it
 * reached the receiving namespace as ESP and was not delivered; 4 this kernel
 * lacks something that the test needs, or the caller is not root.
 *
 * esp_udp --count
 *
 * Print how many IPsec associations there are in the current network namespace.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <linux/xfrm.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "errname.h"
#include "netlink.h"

#define EXIT_WRONG 1
#define EXIT_DROPPED 2
#define EXIT_SKIP 4
#define USAGE_ERROR 64

#define SENDER "192.0.2.1"	/* TEST-NET-1 of RFC 5737 */
#define RECEIVER "192.0.2.2"
#define PREFIX 24
#define PORT 4242
#define SPI 0x5eed
#define REQID 1
#define IFINDEX 1000		/* beyond those of the devices that a new namespace has */
#define LINK_TIMEOUT 5		/* seconds */
#define GRACE_MS 300
#define DEFAULT_TIMEOUT 5	/* seconds */
#define TIMEOUT_MAX 600

#define CIPHER "cbc(aes)"
#define DIGEST "hmac(sha256)"

static const char text[] = "killswitch: this datagram has to arrive by ESP";

struct end {
	int ns;			/* the namespace */
	int route;		/* netlink sockets in it */
	int xfrm;
	int udp;
};

struct wire {
	unsigned int esp;	/* packets with our SPI */
	unsigned int clear;	/* packets in which the text can be read */
};

__attribute__((noreturn, format(printf, 2, 3)))
static void end_with(int status, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(status);
}

/* @err is 0 or a negative errno; some of them say that the kernel lacks the part. */
static void require(int err, const char *what)
{
	switch (-err) {
	case 0:
		return;
	case EPERM:
		end_with(EXIT_SKIP, "%s: %s; it takes root", what, errname(-err));
	case ENOSYS:
	case ENOENT:
	case EOPNOTSUPP:
	case EAFNOSUPPORT:
	case EPROTONOSUPPORT:
		end_with(EXIT_SKIP, "%s: not available on this kernel (%s)", what, errname(-err));
	default:
		end_with(EXIT_WRONG, "%s: %s (%s)", what, strerror(-err), errname(-err));
	}
}

static int require_fd(int fd, const char *what)
{
	require(fd < 0 ? fd : 0, what);
	return fd;
}

static int or_errno(int result)
{
	return result < 0 ? -errno : result;
}

static uint32_t address(const char *dotted)
{
	return inet_addr(dotted);
}

/* Leave this process in a new namespace, with sockets that stay in it. */
static struct end new_end(void)
{
	struct end e;

	require(or_errno(unshare(CLONE_NEWNET)), "a network namespace");
	e.ns = require_fd(or_errno(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)),
			  "/proc/self/ns/net");
	e.route = require_fd(nl_open(NETLINK_ROUTE), "rtnetlink");
	e.xfrm = require_fd(nl_open(NETLINK_XFRM), "the IPsec configuration interface (xfrm_user)");
	e.udp = require_fd(or_errno(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), "UDP");
	return e;
}

/* A pair of virtual Ethernet devices, one in each namespace, both with our index. */
static void connect_ends(const struct end *from, const struct end *to)
{
	const struct ifinfomsg link = { .ifi_index = IFINDEX };
	struct nl_request r;
	size_t info, data, peer;

	nl_begin(&r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof(link));
	nl_put(&r, IFLA_IFNAME, "ks0", sizeof("ks0"));
	info = nl_nest_begin(&r, IFLA_LINKINFO);
	nl_put(&r, IFLA_INFO_KIND, "veth", sizeof("veth"));
	data = nl_nest_begin(&r, IFLA_INFO_DATA);
	peer = nl_nest_begin(&r, VETH_INFO_PEER);
	nl_append(&r, &link, sizeof(link));
	nl_put(&r, IFLA_IFNAME, "ks0", sizeof("ks0"));
	nl_put(&r, IFLA_NET_NS_FD, &to->ns, sizeof(to->ns));
	nl_nest_end(&r, peer);
	nl_nest_end(&r, data);
	nl_nest_end(&r, info);
	require(nl_do(from->route, &r), "a pair of veth devices");
}

static void bring_up(const struct end *e, const char *dotted)
{
	const struct ifaddrmsg addr = {
		.ifa_family = AF_INET,
		.ifa_prefixlen = PREFIX,
		.ifa_index = IFINDEX,
	};
	const struct ifinfomsg up = {
		.ifi_index = IFINDEX,
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};
	const uint32_t ip = address(dotted);
	struct nl_request r;

	nl_begin(&r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &addr, sizeof(addr));
	nl_put(&r, IFA_LOCAL, &ip, sizeof(ip));
	nl_put(&r, IFA_ADDRESS, &ip, sizeof(ip));
	require(nl_do(e->route, &r), "an address for the device");

	nl_begin(&r, RTM_NEWLINK, 0, &up, sizeof(up));
	require(nl_do(e->route, &r), "bringing the device up");
}

/* The kernel notices asynchronously that there is a carrier; what is sent before is lost. */
static void wait_until_running(const struct end *e)
{
	const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	const struct ifinfomsg which = { .ifi_index = IFINDEX };
	struct ifinfomsg now;
	struct nl_request r;
	time_t start = time(NULL);
	int n;

	for (;;) {
		nl_begin(&r, RTM_GETLINK, 0, &which, sizeof(which));
		n = nl_ask(e->route, &r, &now, sizeof(now));
		require(n < 0 ? n : 0, "the state of the device");
		if (now.ifi_flags & IFF_RUNNING)
			return;
		if (time(NULL) - start > LINK_TIMEOUT)
			end_with(EXIT_WRONG, "the veth devices do not come up");
		nanosleep(&pause, NULL);
	}
}

static const struct xfrm_lifetime_cfg forever = {
	.soft_byte_limit = XFRM_INF,
	.hard_byte_limit = XFRM_INF,
	.soft_packet_limit = XFRM_INF,
	.hard_packet_limit = XFRM_INF,
};

static void put_cipher(struct nl_request *r)
{
	static const char key[] = "0123456789abcdef";
	struct {
		struct xfrm_algo algorithm;
		char key[sizeof(key) - 1];
	} a = { .algorithm = { .alg_name = CIPHER, .alg_key_len = 8 * sizeof(a.key) } };

	memcpy(a.key, key, sizeof(a.key));
	nl_put(r, XFRMA_ALG_CRYPT, &a, sizeof(a));
}

static void put_digest(struct nl_request *r)
{
	static const char key[] = "an authentication key: 32 bytes.";
	struct {
		struct xfrm_algo_auth algorithm;
		char key[sizeof(key) - 1];
	} a = {
		.algorithm = {
			.alg_name = DIGEST,
			.alg_key_len = 8 * sizeof(a.key),
			.alg_trunc_len = 128,	/* RFC 4868 */
		},
	};

	memcpy(a.key, key, sizeof(a.key));
	nl_put(r, XFRMA_ALG_AUTH_TRUNC, &a, sizeof(a));
}

/* The security association from sender to receiver; both ends have the same. */
static void add_association(const struct end *e)
{
	const struct xfrm_usersa_info sa = {
		.saddr.a4 = address(SENDER),
		.id = { .daddr.a4 = address(RECEIVER), .spi = htonl(SPI), .proto = IPPROTO_ESP },
		.sel.family = AF_INET,
		.lft = forever,
		.reqid = REQID,
		.family = AF_INET,
		.mode = XFRM_MODE_TRANSPORT,
		.replay_window = 32,
	};
	struct nl_request r;

	nl_begin(&r, XFRM_MSG_NEWSA, NLM_F_CREATE | NLM_F_EXCL, &sa, sizeof(sa));
	put_cipher(&r);
	put_digest(&r);
	require(nl_do(e->xfrm, &r), "an ESP association with " CIPHER " and " DIGEST);
}

/* UDP from sender to receiver goes by ESP or not at all. */
static void add_policy(const struct end *e, int direction)
{
	const struct xfrm_userpolicy_info policy = {
		.sel = {
			.saddr.a4 = address(SENDER),
			.daddr.a4 = address(RECEIVER),
			.prefixlen_s = 32,
			.prefixlen_d = 32,
			.family = AF_INET,
			.proto = IPPROTO_UDP,
		},
		.lft = forever,
		.dir = direction,
		.action = XFRM_POLICY_ALLOW,
	};
	const struct xfrm_user_tmpl template = {
		.saddr.a4 = address(SENDER),
		.id = { .daddr.a4 = address(RECEIVER), .proto = IPPROTO_ESP },
		.family = AF_INET,
		.reqid = REQID,
		.mode = XFRM_MODE_TRANSPORT,
		.aalgos = ~0,
		.ealgos = ~0,
		.calgos = ~0,
	};
	struct nl_request r;

	nl_begin(&r, XFRM_MSG_NEWPOLICY, NLM_F_CREATE | NLM_F_EXCL, &policy, sizeof(policy));
	nl_put(&r, XFRMA_TMPL, &template, sizeof(template));
	require(nl_do(e->xfrm, &r), "an IPsec policy");
}

/* Return: how many packets the end has put through the association. */
static unsigned long long association_packets(const struct end *e)
{
	const struct xfrm_usersa_id id = {
		.daddr.a4 = address(RECEIVER),
		.spi = htonl(SPI),
		.family = AF_INET,
		.proto = IPPROTO_ESP,
	};
	struct xfrm_usersa_info sa;
	struct nl_request r;
	int n;

	nl_begin(&r, XFRM_MSG_GETSA, 0, &id, sizeof(id));
	n = nl_ask(e->xfrm, &r, &sa, sizeof(sa));
	require(n < 0 ? n : 0, "the state of the ESP association");
	return sa.curlft.packets;
}

/* A socket that sees every IPv4 packet which reaches the device of the current namespace. */
static int tap_wire(void)
{
	const struct sockaddr_ll device = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = IFINDEX,
	};
	int fd = or_errno(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));

	require_fd(fd, "packet sockets");
	require(or_errno(bind(fd, (const struct sockaddr *)&device, sizeof(device))),
		"a packet socket on the device");
	return fd;
}

static struct wire what_was_on_the_wire(int tap)
{
	struct wire seen = { 0 };
	union {
		struct iphdr ip;
		char bytes[2048];
	} packet;
	uint32_t spi;
	size_t header;
	ssize_t n;

	while ((n = recv(tap, &packet, sizeof(packet), 0)) > 0) {
		header = 4 * packet.ip.ihl;
		if ((size_t)n < sizeof(packet.ip) || (size_t)n < header + sizeof(spi))
			continue;
		memcpy(&spi, packet.bytes + header, sizeof(spi));
		if (packet.ip.protocol == IPPROTO_ESP && spi == htonl(SPI))
			seen.esp++;
		if (memmem(&packet, n, text, sizeof(text)))
			seen.clear++;
	}
	return seen;
}

/*
 * Return: how often the current namespace has dropped a packet because the
 * protocol's input function failed, -1 where the kernel does not count that.
 */
static long protocol_errors(void)
{
	FILE *f = fopen("/proc/self/net/xfrm_stat", "r");
	char name[64];
	long value, found = -1;

	if (!f)
		return -1;
	while (fscanf(f, "%63s %ld", name, &value) == 2) {
		if (!strcmp(name, "XfrmInStateProtoError"))
			found = value;
	}
	fclose(f);
	return found;
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* Return: true if the datagram arrives in time. A drop that was counted ends the wait early. */
static bool arrives(const struct end *receiver, int timeout, long errors_before)
{
	long long end = now_ms() + timeout * 1000LL;
	struct pollfd p = { .fd = receiver->udp, .events = POLLIN };
	bool settled = errors_before < 0;
	char got[sizeof(text) + 1];
	ssize_t n;

	while (poll(&p, 1, 50) == 0) {
		if (now_ms() >= end)
			return false;
		if (!settled && protocol_errors() > errors_before) {
			settled = true;
			end = now_ms() + GRACE_MS;
		}
	}
	n = recv(receiver->udp, got, sizeof(got), MSG_DONTWAIT);
	if (n < 0)
		end_with(EXIT_WRONG, "receiving the datagram: %s", errname(errno));
	if (n != sizeof(text) || memcmp(got, text, sizeof(text)))
		end_with(EXIT_WRONG, "what arrived is not what was sent");
	return true;
}

static void bind_receiver(const struct end *receiver)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = address(RECEIVER),
	};

	require(or_errno(bind(receiver->udp, (const struct sockaddr *)&to, sizeof(to))),
		"the receiver's port");
}

static void send_text(const struct end *sender)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = address(RECEIVER),
	};
	ssize_t n;

	n = sendto(sender->udp, text, sizeof(text), 0, (const struct sockaddr *)&to, sizeof(to));
	if (n != sizeof(text))
		end_with(EXIT_WRONG, "sending the datagram: %s", errname(errno));
}

static int check(int timeout)
{
	struct end sender = new_end();
	struct end receiver = new_end();	/* this process stays in its namespace */
	unsigned long long sent, received;
	struct wire wire;
	long before;
	bool arrived;
	int tap;

	connect_ends(&sender, &receiver);
	bring_up(&sender, SENDER);
	bring_up(&receiver, RECEIVER);
	wait_until_running(&sender);
	wait_until_running(&receiver);
	add_association(&sender);
	add_association(&receiver);
	add_policy(&sender, XFRM_POLICY_OUT);
	add_policy(&receiver, XFRM_POLICY_IN);
	bind_receiver(&receiver);
	tap = tap_wire();
	before = protocol_errors();

	send_text(&sender);
	arrived = arrives(&receiver, timeout, before);
	wire = what_was_on_the_wire(tap);
	sent = association_packets(&sender);
	received = association_packets(&receiver);

	if (wire.clear)
		end_with(EXIT_WRONG, "the datagram went over the wire in clear text");
	if (!wire.esp || !sent)
		end_with(EXIT_WRONG, "the datagram did not reach the receiver's device as ESP");
	printf("ESP: %s to %s, transport mode, SPI 0x%x: on the wire, and not readable there\n",
	       SENDER, RECEIVER, SPI);
	if (!arrived) {
		printf("ESP: dropped by the receiver, the datagram did not arrive");
		if (before >= 0)
			printf(" (XfrmInStateProtoError %ld, was %ld)", protocol_errors(), before);
		putchar('\n');
		return EXIT_DROPPED;
	}
	if (!received)
		end_with(EXIT_WRONG, "the datagram arrived, but not through the ESP association");
	puts("ESP: the datagram arrived");
	return 0;
}

static int count(void)
{
	const uint32_t flags = 0;
	struct {
		uint32_t flags;
		struct nlattr attribute;
		uint32_t count;
	} answer = { 0 };
	struct nl_request r;
	int fd, n;

	fd = require_fd(nl_open(NETLINK_XFRM), "the IPsec configuration interface (xfrm_user)");
	nl_begin(&r, XFRM_MSG_GETSADINFO, 0, &flags, sizeof(flags));
	n = nl_ask(fd, &r, &answer, sizeof(answer));
	require(n < 0 ? n : 0, "the number of IPsec associations");
	if ((size_t)n < sizeof(answer) || answer.attribute.nla_type != XFRMA_SAD_CNT)
		end_with(EXIT_WRONG, "the number of IPsec associations: no sense in the answer");
	printf("%u\n", answer.count);
	return 0;
}

static void usage(void)
{
	end_with(USAGE_ERROR, "usage: esp_udp [--timeout 1..%d] | esp_udp --count", TIMEOUT_MAX);
}

int main(int argc, char *argv[])
{
	int timeout = DEFAULT_TIMEOUT;

	if (argc == 2 && !strcmp(argv[1], "--count"))
		return count();
	if (argc == 3 && !strcmp(argv[1], "--timeout"))
		timeout = atoi(argv[2]);
	else if (argc != 1)
		usage();
	if (timeout < 1 || timeout > TIMEOUT_MAX)
		usage();
	return check(timeout);
}
