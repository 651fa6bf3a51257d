// SPDX-License-Identifier: GPL-2.0
/* Types for the tests of the guard compiler, and the function whose guards they are. Never loaded. */

enum color { RED = 1, GREEN = 5, BLUE = -3 };

struct declared_only;

struct inner {
	int number;
	unsigned char byte;
	short small;
	char name[16];
};

typedef unsigned short u16;

struct node {
	struct node *next;
	long value;
	unsigned int three : 3, seven : 7;
	int five : 5;
	unsigned long long wide : 40;
	struct inner in;
	struct inner *ptr;
	union {
		int as_int;
		unsigned long as_long;
	};
	u16 table[8];
	struct inner list[4];
	const char *text;
	_Bool yes;
	enum color color;
	struct declared_only *opaque;
};

struct ns_common {
	long padding;
	unsigned int inum;
};

struct user_namespace {
	struct ns_common ns;
};

struct net {
	struct ns_common ns;
};

struct nsproxy {
	struct net *net_ns;
};

struct cred {
	struct user_namespace *user_ns;
};

struct sock_common {
	unsigned short skc_family;
};

struct sock {
	struct sock_common __sk_common;
};

struct task_struct {
	long padding;
	const struct cred *cred;
	struct nsproxy *nsproxy;
	struct sock *sock;
};

struct task_struct *task;

int target(struct node *first, const struct inner *in, unsigned int u, signed char c, long l)
{
	return first && in && u && c && l;
}
