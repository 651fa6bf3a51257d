// SPDX-License-Identifier: GPL-2.0-only
/* Traffic control, on the loopback device of a network namespace of our own. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../netlink.h"
#include "doors.h"

#define LOOPBACK 1	/* its index, in every namespace */
#define HANDLE (1 << 16)
#define CLASS (HANDLE | 1)
#define MARK 1			/* what a fw filter is called by */
#define TO_REALM_1 0xffff0001	/* what a route filter is called by, if it says no more */

typedef void put(struct nl_request *r);

struct kind {
	const char *name;
	put *options;	/* what goes into TCA_OPTIONS; NULL: no such attribute */
	put *class;	/* the same for a class; NULL: the door makes none */
	uint32_t handle;	/* of a filter; 0: the kernel chooses */
	bool queues;	/* needs a device with several */
};

static void begin(struct nl_request *r, int type, int device, uint32_t parent, uint32_t handle,
		  const char *kind)
{
	const struct tcmsg header = {
		.tcm_ifindex = device,
		.tcm_parent = parent,
		.tcm_handle = handle,
	};

	nl_begin(r, type, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header));
	nl_put(r, TCA_KIND, kind, strlen(kind) + 1);
}

static void put_options(struct nl_request *r, put *options)
{
	size_t nest;

	if (!options)
		return;
	nest = nl_nest_begin(r, TCA_OPTIONS | NLA_F_NESTED);
	options(r);
	nl_nest_end(r, nest);
}

/* Return: the index of a new device with two queues. */
static int device_with_queues(int fd)
{
	const struct ifinfomsg link = { .ifi_index = 1000 };
	const uint32_t queues = 2;
	struct nl_request r;
	size_t info;

	nl_begin(&r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof(link));
	nl_put(&r, IFLA_IFNAME, "door0", sizeof("door0"));
	nl_put(&r, IFLA_NUM_TX_QUEUES, &queues, sizeof(queues));
	info = nl_nest_begin(&r, IFLA_LINKINFO);
	nl_put(&r, IFLA_INFO_KIND, "dummy", sizeof("dummy"));
	nl_nest_end(&r, info);
	need(nl_do(fd, &r), ABSENT_IF(EOPNOTSUPP), "a dummy device");
	return link.ifi_index;
}

static void qdisc(const struct door *door)
{
	const struct kind *kind = door->data;
	int fd = need(nl_open(NETLINK_ROUTE), NULL, "rtnetlink"), device = LOOPBACK;
	struct nl_request r;

	if (kind->queues)
		device = device_with_queues(fd);
	begin(&r, RTM_NEWQDISC, device, TC_H_ROOT, HANDLE, kind->name);
	put_options(&r, kind->options);
	pass(nl_do(fd, &r), ABSENT_IF(ENOENT), "adding the qdisc");
	if (!kind->class)
		return;
	begin(&r, RTM_NEWTCLASS, device, HANDLE, CLASS, kind->name);
	put_options(&r, kind->class);
	pass(nl_do(fd, &r), NULL, "adding a class");
}

static void filter(const struct door *door)
{
	const struct kind *kind = door->data;
	int fd = need(nl_open(NETLINK_ROUTE), NULL, "rtnetlink");
	struct nl_request r;
	struct tcmsg *header = (struct tcmsg *)r.body;

	begin(&r, RTM_NEWQDISC, LOOPBACK, TC_H_INGRESS, TC_H_MAKE(TC_H_INGRESS, 0), "ingress");
	pass(nl_do(fd, &r), ABSENT_IF(ENOENT), "adding the ingress qdisc");
	begin(&r, RTM_NEWTFILTER, LOOPBACK, TC_H_MAKE(TC_H_INGRESS, 0), kind->handle, kind->name);
	header->tcm_info = TC_H_MAKE(1 << 16, htons(ETH_P_IP));
	put_options(&r, kind->options);
	pass(nl_do(fd, &r), ABSENT_IF(ENOENT), "adding the filter");
}

static void put_u32(struct nl_request *r, int type, uint32_t value)
{
	nl_put(r, type, &value, sizeof(value));
}

static void drr_class(struct nl_request *r)
{
	put_u32(r, TCA_DRR_QUANTUM, 1000);
}

static void ets_bands(struct nl_request *r)
{
	nl_put(r, TCA_ETS_NBANDS, &(uint8_t){ 2 }, 1);
}

static void hfsc_default(struct nl_request *r)
{
	nl_append(r, &(struct tc_hfsc_qopt){ .defcls = 1 }, sizeof(struct tc_hfsc_qopt));
}

static void hfsc_class(struct nl_request *r)
{
	const struct tc_service_curve curve = { .m2 = 1000 };

	nl_put(r, TCA_HFSC_RSC, &curve, sizeof(curve));
	nl_put(r, TCA_HFSC_FSC, &curve, sizeof(curve));
}

static void multiq_bands(struct nl_request *r)
{
	nl_append(r, &(struct tc_multiq_qopt){ 0 }, sizeof(struct tc_multiq_qopt));
}

static void netem_limit(struct nl_request *r)
{
	nl_append(r, &(struct tc_netem_qopt){ .limit = 1000 }, sizeof(struct tc_netem_qopt));
}

static void fifo_limit(struct nl_request *r)
{
	nl_append(r, &(struct tc_fifo_qopt){ .limit = 100 }, sizeof(struct tc_fifo_qopt));
}

static void prio_bands(struct nl_request *r)
{
	nl_append(r, &(struct tc_prio_qopt){ .bands = 3 }, sizeof(struct tc_prio_qopt));
}

static void qfq_class(struct nl_request *r)
{
	put_u32(r, TCA_QFQ_WEIGHT, 1);
	put_u32(r, TCA_QFQ_LMAX, 1500);
}

static void sfq_limit(struct nl_request *r)
{
	nl_append(r, &(struct tc_sfq_qopt){ .limit = 100 }, sizeof(struct tc_sfq_qopt));
}

static void u32_filter(struct nl_request *r)
{
	struct {
		struct tc_u32_sel selector;
		struct tc_u32_key key;
	} any = { .selector = { .flags = TC_U32_TERMINAL, .nkeys = 1 } };

	put_u32(r, TCA_U32_CLASSID, CLASS);
	nl_put(r, TCA_U32_SEL, &any, sizeof(any));
}

static void fw_filter(struct nl_request *r)
{
	put_u32(r, TCA_FW_CLASSID, CLASS);
}

static void route_filter(struct nl_request *r)
{
	put_u32(r, TCA_ROUTE4_CLASSID, CLASS);
	put_u32(r, TCA_ROUTE4_TO, 1);
}

static void flower_filter(struct nl_request *r)
{
	put_u32(r, TCA_FLOWER_CLASSID, CLASS);
}

#define KIND(id, ...) (&(const struct kind){ .name = id, ##__VA_ARGS__ })

const struct door tc_doors[] = {
	{ "cls_flower", "traffic control: flower filter", NET_NAMESPACE, filter,
	  KIND("flower", .options = flower_filter) },
	{ "cls_fw", "traffic control: fw filter", NET_NAMESPACE, filter,
	  KIND("fw", .options = fw_filter, .handle = MARK) },
	{ "cls_route", "traffic control: route filter", NET_NAMESPACE, filter,
	  KIND("route", .options = route_filter, .handle = TO_REALM_1) },
	{ "cls_u32", "traffic control: u32 filter", NET_NAMESPACE, filter,
	  KIND("u32", .options = u32_filter) },
	{ "sch_cake", "traffic control: cake", NET_NAMESPACE, qdisc, KIND("cake") },
	{ "sch_drr", "traffic control: drr with a class", NET_NAMESPACE, qdisc,
	  KIND("drr", .class = drr_class) },
	{ "sch_ets", "traffic control: ets", NET_NAMESPACE, qdisc,
	  KIND("ets", .options = ets_bands) },
	{ "sch_hfsc", "traffic control: hfsc with a class", NET_NAMESPACE, qdisc,
	  KIND("hfsc", .options = hfsc_default, .class = hfsc_class) },
	{ "sch_multiq", "traffic control: multiq", NET_NAMESPACE, qdisc,
	  KIND("multiq", .options = multiq_bands, .queues = true) },
	{ "sch_netem", "traffic control: netem", NET_NAMESPACE, qdisc,
	  KIND("netem", .options = netem_limit) },
	{ "sch_pfifo", "traffic control: pfifo", NET_NAMESPACE, qdisc,
	  KIND("pfifo", .options = fifo_limit) },
	{ "sch_prio", "traffic control: prio", NET_NAMESPACE, qdisc,
	  KIND("prio", .options = prio_bands) },
	{ "sch_qfq", "traffic control: qfq with a class", NET_NAMESPACE, qdisc,
	  KIND("qfq", .class = qfq_class) },
	{ "sch_sfq", "traffic control: sfq", NET_NAMESPACE, qdisc,
	  KIND("sfq", .options = sfq_limit) },
	{ 0 },
};
