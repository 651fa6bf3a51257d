// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/openvswitch.h>
#include <stdint.h>
#include <string.h>

#include "../netlink.h"
#include "doors.h"

#define DATAPATH "door0"
#define ETHERTYPE_LLDP 0x88cc

/* Return: the number of a generic netlink family, or -errno. */
static int family(int fd, const char *name)
{
	const struct genlmsghdr ask = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	union {
		struct genlmsghdr header;
		char bytes[4096];
	} answer;
	struct nlattr *a;
	struct nl_request r;
	uint16_t id;
	int at, size;

	nl_begin(&r, GENL_ID_CTRL, 0, &ask, sizeof(ask));
	nl_put(&r, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	size = nl_ask(fd, &r, &answer, sizeof(answer));
	if (size < 0)
		return size;
	for (at = GENL_HDRLEN; at + NLA_HDRLEN <= size; at += NLA_ALIGN(a->nla_len)) {
		a = (struct nlattr *)(answer.bytes + at);
		if (a->nla_len < NLA_HDRLEN || at + a->nla_len > size)
			break;
		if (a->nla_type != CTRL_ATTR_FAMILY_ID)
			continue;
		memcpy(&id, answer.bytes + at + NLA_HDRLEN, sizeof(id));
		return id;
	}
	return -EPROTO;
}

static void begin(struct nl_request *r, int type, int command, int version, int datapath)
{
	const struct {
		struct genlmsghdr generic;
		struct ovs_header header;
	} start = {
		.generic = { .cmd = command, .version = version },
		.header = { .dp_ifindex = datapath },
	};

	nl_begin(r, type, 0, &start, sizeof(start));
}

/* Return: the index of a new datapath. */
static int datapath(int fd, int type)
{
	struct {
		struct genlmsghdr generic;
		struct ovs_header header;
	} answer = { 0 };
	const uint32_t nobody = 0;
	struct nl_request r;

	begin(&r, type, OVS_DP_CMD_NEW, OVS_DATAPATH_VERSION, 0);
	nl_put(&r, OVS_DP_ATTR_NAME, DATAPATH, sizeof(DATAPATH));
	nl_put(&r, OVS_DP_ATTR_UPCALL_PID, &nobody, sizeof(nobody));
	r.header.nlmsg_flags |= NLM_F_ECHO;
	pass(nl_ask(fd, &r, &answer, sizeof(answer)), NULL, "adding a datapath");
	return answer.header.dp_ifindex;
}

static void flow(const struct door *door)
{
	const struct ovs_key_ethernet ethernet = { .eth_src = { 2 }, .eth_dst = { 2, 1 } };
	const uint16_t ethertype = htons(ETHERTYPE_LLDP);
	const uint32_t port = 0;
	int fd = need(nl_open(NETLINK_GENERIC), NULL, "generic netlink");
	int datapaths, flows;
	struct nl_request r;
	size_t key;

	(void)door;
	datapaths = pass(family(fd, OVS_DATAPATH_FAMILY), ABSENT_IF(ENOENT), OVS_DATAPATH_FAMILY);
	flows = pass(family(fd, OVS_FLOW_FAMILY), ABSENT_IF(ENOENT), OVS_FLOW_FAMILY);
	begin(&r, flows, OVS_FLOW_CMD_NEW, OVS_FLOW_VERSION, datapath(fd, datapaths));
	key = nl_nest_begin(&r, OVS_FLOW_ATTR_KEY | NLA_F_NESTED);
	nl_put(&r, OVS_KEY_ATTR_IN_PORT, &port, sizeof(port));
	nl_put(&r, OVS_KEY_ATTR_ETHERNET, &ethernet, sizeof(ethernet));
	nl_put(&r, OVS_KEY_ATTR_ETHERTYPE, &ethertype, sizeof(ethertype));
	nl_nest_end(&r, key);
	nl_nest_end(&r, nl_nest_begin(&r, OVS_FLOW_ATTR_ACTIONS | NLA_F_NESTED));
	pass(nl_do(fd, &r), NULL, "adding a flow");
}

const struct door ovs_doors[] = {
	{ "ovs_flow", "Open vSwitch, a flow", NET_NAMESPACE, flow, NULL },
	{ 0 },
};
