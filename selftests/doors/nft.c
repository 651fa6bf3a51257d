// SPDX-License-Identifier: GPL-2.0-only
/*
 * nf_tables. A transaction is one datagram of several messages: what was asked for
 * is there when all of them are acknowledged.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "../netlink.h"
#include "doors.h"

#define TABLE "door"
#define CHAIN "input"
#define SET "set"
#define ANONYMOUS "__set%d"
#define SET_ID 1
#define IPV4_ADDRESS 7	/* what nft(8) calls the type */
#define STEPS_MAX 6

static void put_u32(struct nl_request *r, int type, uint32_t value)
{
	value = htonl(value);
	nl_put(r, type, &value, sizeof(value));
}

static void put_text(struct nl_request *r, int type, const char *text)
{
	nl_put(r, type, text, strlen(text) + 1);
}

static size_t nest(struct nl_request *r, int type)
{
	return nl_nest_begin(r, type | NLA_F_NESTED);
}

static void message(struct nl_request *r, int type, int flags)
{
	const struct nfgenmsg header = { .nfgen_family = NFPROTO_IPV4 };

	nl_begin(r, NFNL_SUBSYS_NFTABLES << 8 | type, NLM_F_ACK | flags, &header, sizeof(header));
}

static void table(struct nl_request *r)
{
	message(r, NFT_MSG_NEWTABLE, NLM_F_CREATE);
	put_text(r, NFTA_TABLE_NAME, TABLE);
}

static void chain(struct nl_request *r)
{
	size_t hook;

	message(r, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
	put_text(r, NFTA_CHAIN_TABLE, TABLE);
	put_text(r, NFTA_CHAIN_NAME, CHAIN);
	hook = nest(r, NFTA_CHAIN_HOOK);
	put_u32(r, NFTA_HOOK_HOOKNUM, NF_INET_LOCAL_IN);
	put_u32(r, NFTA_HOOK_PRIORITY, 0);
	nl_nest_end(r, hook);
	put_text(r, NFTA_CHAIN_TYPE, "filter");
}

static size_t rule(struct nl_request *r)
{
	message(r, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
	put_text(r, NFTA_RULE_TABLE, TABLE);
	put_text(r, NFTA_RULE_CHAIN, CHAIN);
	return nest(r, NFTA_RULE_EXPRESSIONS);
}

static void accept_rule(struct nl_request *r)
{
	size_t expressions, expression, attributes, value, verdict;

	expressions = rule(r);
	expression = nest(r, NFTA_LIST_ELEM);
	put_text(r, NFTA_EXPR_NAME, "immediate");
	attributes = nest(r, NFTA_EXPR_DATA);
	put_u32(r, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	value = nest(r, NFTA_IMMEDIATE_DATA);
	verdict = nest(r, NFTA_DATA_VERDICT);
	put_u32(r, NFTA_VERDICT_CODE, NF_ACCEPT);
	nl_nest_end(r, verdict);
	nl_nest_end(r, value);
	nl_nest_end(r, attributes);
	nl_nest_end(r, expression);
	nl_nest_end(r, expressions);
}

static void put_load_destination(struct nl_request *r)
{
	size_t expression, attributes;

	expression = nest(r, NFTA_LIST_ELEM);
	put_text(r, NFTA_EXPR_NAME, "payload");
	attributes = nest(r, NFTA_EXPR_DATA);
	put_u32(r, NFTA_PAYLOAD_DREG, NFT_REG_1);
	put_u32(r, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
	put_u32(r, NFTA_PAYLOAD_OFFSET, 16);
	put_u32(r, NFTA_PAYLOAD_LEN, sizeof(struct in_addr));
	nl_nest_end(r, attributes);
	nl_nest_end(r, expression);
}

static void payload_rule(struct nl_request *r)
{
	size_t expressions = rule(r);

	put_load_destination(r);
	nl_nest_end(r, expressions);
}

/* Is the destination in the anonymous set? */
static void lookup_rule(struct nl_request *r)
{
	size_t expressions, expression, attributes;

	expressions = rule(r);
	put_load_destination(r);
	expression = nest(r, NFTA_LIST_ELEM);
	put_text(r, NFTA_EXPR_NAME, "lookup");
	attributes = nest(r, NFTA_EXPR_DATA);
	put_text(r, NFTA_LOOKUP_SET, ANONYMOUS);
	put_u32(r, NFTA_LOOKUP_SET_ID, SET_ID);
	put_u32(r, NFTA_LOOKUP_SREG, NFT_REG_1);
	nl_nest_end(r, attributes);
	nl_nest_end(r, expression);
	nl_nest_end(r, expressions);
}

static void begin_set(struct nl_request *r, const char *name, uint32_t flags, uint32_t key_size)
{
	message(r, NFT_MSG_NEWSET, NLM_F_CREATE);
	put_text(r, NFTA_SET_TABLE, TABLE);
	put_text(r, NFTA_SET_NAME, name);
	put_u32(r, NFTA_SET_FLAGS, flags);
	put_u32(r, NFTA_SET_KEY_TYPE, IPV4_ADDRESS);
	put_u32(r, NFTA_SET_KEY_LEN, key_size);
	put_u32(r, NFTA_SET_ID, SET_ID);
}

static void set(struct nl_request *r)
{
	begin_set(r, SET, 0, sizeof(uint32_t));
}

static void anonymous_set(struct nl_request *r)
{
	begin_set(r, ANONYMOUS, NFT_SET_ANONYMOUS | NFT_SET_CONSTANT, sizeof(uint32_t));
}

static void interval_set(struct nl_request *r)
{
	begin_set(r, SET, NFT_SET_INTERVAL, sizeof(uint32_t));
}

/* Two addresses, each a range: what nft_set_pipapo is for. */
static void concatenated_set(struct nl_request *r)
{
	size_t description, fields, field;
	int i;

	begin_set(r, SET, NFT_SET_INTERVAL | NFT_SET_CONCAT, 2 * sizeof(uint32_t));
	description = nest(r, NFTA_SET_DESC);
	fields = nest(r, NFTA_SET_DESC_CONCAT);
	for (i = 0; i < 2; i++) {
		field = nest(r, NFTA_LIST_ELEM);
		put_u32(r, NFTA_SET_FIELD_LEN, sizeof(uint32_t));
		nl_nest_end(r, field);
	}
	nl_nest_end(r, fields);
	nl_nest_end(r, description);
}

static void put_key(struct nl_request *r, int type, uint32_t address, size_t times)
{
	const uint32_t key[] = { htonl(address), htonl(address) };
	size_t value = nest(r, type);

	nl_put(r, NFTA_DATA_VALUE, key, times * sizeof(key[0]));
	nl_nest_end(r, value);
}

static size_t begin_elements(struct nl_request *r)
{
	message(r, NFT_MSG_NEWSETELEM, NLM_F_CREATE);
	put_text(r, NFTA_SET_ELEM_LIST_TABLE, TABLE);
	put_text(r, NFTA_SET_ELEM_LIST_SET, SET);
	put_u32(r, NFTA_SET_ELEM_LIST_SET_ID, SET_ID);
	return nest(r, NFTA_SET_ELEM_LIST_ELEMENTS);
}

static void element(struct nl_request *r)
{
	size_t elements = begin_elements(r), one = nest(r, NFTA_LIST_ELEM);

	put_key(r, NFTA_SET_ELEM_KEY, INADDR_LOOPBACK, 1);
	nl_nest_end(r, one);
	nl_nest_end(r, elements);
}

static void interval(struct nl_request *r)
{
	size_t elements = begin_elements(r), one;

	one = nest(r, NFTA_LIST_ELEM);
	put_key(r, NFTA_SET_ELEM_KEY, INADDR_LOOPBACK, 1);
	nl_nest_end(r, one);
	one = nest(r, NFTA_LIST_ELEM);
	put_key(r, NFTA_SET_ELEM_KEY, INADDR_LOOPBACK + 1, 1);
	put_u32(r, NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
	nl_nest_end(r, one);
	nl_nest_end(r, elements);
}

static void concatenated(struct nl_request *r)
{
	size_t elements = begin_elements(r), one = nest(r, NFTA_LIST_ELEM);

	put_key(r, NFTA_SET_ELEM_KEY, INADDR_LOOPBACK, 2);
	put_key(r, NFTA_SET_ELEM_KEY_END, INADDR_LOOPBACK + 1, 2);
	nl_nest_end(r, one);
	nl_nest_end(r, elements);
}

static void batch(struct nl_request *r, int type)
{
	const struct nfgenmsg header = { .res_id = htons(NFNL_SUBSYS_NFTABLES) };

	nl_begin(r, type, 0, &header, sizeof(header));
}

/* Return: 0 when @count acknowledgements came, or the first error. */
static int acknowledged(int fd, int count)
{
	union {
		struct nlmsghdr header;
		char bytes[8192];
	} reply;
	const struct nlmsghdr *h;
	const struct nlmsgerr *e;
	ssize_t size;

	while (count > 0) {
		size = recv(fd, &reply, sizeof(reply), 0);
		if (size < 0)
			return -errno;
		for (h = &reply.header; NLMSG_OK(h, (size_t)size); h = NLMSG_NEXT(h, size)) {
			if (h->nlmsg_type != NLMSG_ERROR)
				continue;
			e = NLMSG_DATA(h);
			if (e->error)
				return e->error;
			count--;
		}
	}
	return 0;
}

typedef void step(struct nl_request *r);

static void transaction(const struct door *door)
{
	static struct nl_request requests[STEPS_MAX + 2];
	struct iovec parts[STEPS_MAX + 2];
	step *const *steps = door->data;
	int count = 0, i, fd;

	fd = pass(nl_open(NETLINK_NETFILTER), ABSENT_IF(EPROTONOSUPPORT), "nfnetlink");
	batch(&requests[0], NFNL_MSG_BATCH_BEGIN);
	for (; steps[count]; count++)
		steps[count](&requests[count + 1]);
	batch(&requests[count + 1], NFNL_MSG_BATCH_END);
	for (i = 0; i < count + 2; i++) {
		requests[i].header.nlmsg_seq = i + 1;
		parts[i] = (struct iovec){ &requests[i], NLMSG_ALIGN(requests[i].header.nlmsg_len) };
	}
	pass(sys(writev(fd, parts, count + 2)), NULL, "sending the transaction");
	/* EOPNOTSUPP, EINVAL: no nf_tables, which nfnetlink finds out before it looks into the batch */
	pass(acknowledged(fd, count), ABSENT_IF(EOPNOTSUPP, ENOENT), "the transaction");
}

#define STEPS(...) ((step *const []){ __VA_ARGS__, NULL })

const struct door nft_doors[] = {
	{ "nft_chain", "nf_tables: a base chain", NET_NAMESPACE, transaction, STEPS(table, chain) },
	{ "nft_lookup", "nf_tables: a rule with an anonymous set", NET_NAMESPACE, transaction,
	  STEPS(table, chain, anonymous_set, lookup_rule) },
	{ "nft_payload", "nf_tables: a rule that loads from the packet", NET_NAMESPACE, transaction,
	  STEPS(table, chain, payload_rule) },
	{ "nft_rule", "nf_tables: a rule with a verdict", NET_NAMESPACE, transaction,
	  STEPS(table, chain, accept_rule) },
	{ "nft_set", "nf_tables: a set", NET_NAMESPACE, transaction, STEPS(table, set) },
	{ "nft_set_interval", "nf_tables: an element of a set of intervals", NET_NAMESPACE,
	  transaction, STEPS(table, interval_set, interval) },
	{ "nft_set_pipapo", "nf_tables: an element of a concatenation of intervals", NET_NAMESPACE,
	  transaction, STEPS(table, concatenated_set, concatenated) },
	{ "nft_setelem", "nf_tables: an element of a set", NET_NAMESPACE, transaction,
	  STEPS(table, set, element) },
	{ "nft_table", "nf_tables: a table", NET_NAMESPACE, transaction, STEPS(table) },
	{ 0 },
};
