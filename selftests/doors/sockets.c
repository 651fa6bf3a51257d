// SPDX-License-Identifier: GPL-2.0-only
/* Paths that are open to whoever may create a socket of their protocol. */
#include <errno.h>
#include <linux/atm.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "doors.h"

/* The headers of these are not everywhere. */
#define BTPROTO_L2CAP 0
#define BTPROTO_SCO 2
#define BTPROTO_RFCOMM 3
#define CAN_BCM 2
#define CAN_ISOTP 6
#define CAN_J1939 7
#define NFC_SOCKPROTO_LLCP 1
#define SMCPROTO_SMC 0

struct protocol {
	int family, type, protocol;
};

#define PROTOCOL(...) (&(const struct protocol){ __VA_ARGS__ })

static void create(const struct door *door)
{
	const struct protocol *p = door->data;

	pass(sys(socket(p->family, p->type | SOCK_CLOEXEC, p->protocol)), ABSENT_SOCKET, "socket");
}

const struct door socket_doors[] = {
	{ "sock_appletalk", "AppleTalk datagram socket", ANY_USER, create,
	  PROTOCOL(AF_APPLETALK, SOCK_DGRAM, 0) },
	{ "sock_atm", "ATM PVC socket", ANY_USER, create, PROTOCOL(AF_ATMPVC, SOCK_DGRAM, ATM_AAL5) },
	{ "sock_ax25", "AX.25 socket", ANY_USER, create, PROTOCOL(AF_AX25, SOCK_DGRAM, 0) },
	{ "sock_bcm", "CAN broadcast manager socket", ANY_USER, create,
	  PROTOCOL(AF_CAN, SOCK_DGRAM, CAN_BCM) },
	{ "sock_dccp", "DCCP socket", ANY_USER, create, PROTOCOL(AF_INET, SOCK_DCCP, IPPROTO_DCCP) },
	{ "sock_isotp", "CAN ISO-TP socket", ANY_USER, create,
	  PROTOCOL(AF_CAN, SOCK_DGRAM, CAN_ISOTP) },
	{ "sock_j1939", "CAN J1939 socket", ANY_USER, create,
	  PROTOCOL(AF_CAN, SOCK_DGRAM, CAN_J1939) },
	{ "sock_kcm", "kernel connection multiplexor socket", ANY_USER, create,
	  PROTOCOL(AF_KCM, SOCK_DGRAM, 0) },
	{ "sock_key", "PF_KEY socket", NET_NAMESPACE, create, PROTOCOL(AF_KEY, SOCK_RAW, 2) },
	{ "sock_l2cap", "Bluetooth L2CAP socket", ANY_USER, create,
	  PROTOCOL(AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_L2CAP) },
	{ "sock_nfc_llcp", "NFC LLCP socket", ANY_USER, create,
	  PROTOCOL(AF_NFC, SOCK_STREAM, NFC_SOCKPROTO_LLCP) },
	{ "sock_rds", "RDS socket", ANY_USER, create, PROTOCOL(AF_RDS, SOCK_SEQPACKET, 0) },
	{ "sock_rfcomm", "Bluetooth RFCOMM socket", ANY_USER, create,
	  PROTOCOL(AF_BLUETOOTH, SOCK_STREAM, BTPROTO_RFCOMM) },
	{ "sock_rxrpc", "AF_RXRPC socket", ANY_USER, create, PROTOCOL(AF_RXRPC, SOCK_DGRAM, AF_INET) },
	{ "sock_sco", "Bluetooth SCO socket", ANY_USER, create,
	  PROTOCOL(AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_SCO) },
	{ "sock_sctp", "SCTP socket", ANY_USER, create,
	  PROTOCOL(AF_INET, SOCK_STREAM, IPPROTO_SCTP) },
	{ "sock_smc", "SMC socket", ANY_USER, create, PROTOCOL(AF_SMC, SOCK_STREAM, SMCPROTO_SMC) },
	{ "sock_tipc", "TIPC socket", ANY_USER, create, PROTOCOL(AF_TIPC, SOCK_RDM, 0) },
	{ 0 },
};
