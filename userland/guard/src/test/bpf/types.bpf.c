// SPDX-License-Identifier: GPL-2.0-only
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
	struct sock *sk;
	struct sockaddr *addr;
	unsigned char packed[6];
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

struct mnt_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct net *net_ns;
	struct mnt_namespace *mnt_ns;
};

struct cred {
	struct user_namespace *user_ns;
	unsigned long long cap_effective;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[];
};

enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID, PIDTYPE_MAX };

struct signal_struct {
	struct pid *pids[PIDTYPE_MAX];
};

struct super_block {
	unsigned int s_dev;
};

struct inode {
	struct super_block *i_sb;
	unsigned long i_ino;
};

struct file {
	struct inode *f_inode;
};

struct mm_struct {
	struct file *exe_file;
};

struct kernfs_node {
	struct kernfs_node *parent;
	const char *name;
};

struct cgroup {
	int level;
	struct kernfs_node *kn;
	struct cgroup *ancestors[];
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

typedef unsigned short __be16;
typedef unsigned int __be32;

struct in_addr {
	__be32 s_addr;
};

struct in6_addr {
	union {
		unsigned char u6_addr8[16];
		__be32 u6_addr32[4];
	};
};

struct sockaddr {
	unsigned short sa_family;
	char sa_data[14];
};

struct sockaddr_in {
	unsigned short sin_family;
	__be16 sin_port;
	struct in_addr sin_addr;
};

struct sock_common {
	unsigned short skc_family;
	unsigned short skc_num;
	__be16 skc_dport;
	__be32 skc_daddr;
	struct in6_addr skc_v6_daddr;
};

struct sock {
	struct sock_common __sk_common;
};

struct task_struct {
	long padding;
	const struct cred *cred;
	struct nsproxy *nsproxy;
	struct sock *sock;
	struct task_struct *real_parent;
	int tgid;
	struct { unsigned int val; } loginuid;
	unsigned int sessionid;
	struct pid *thread_pid;
	struct signal_struct *signal;
	struct mm_struct *mm;
	struct css_set *cgroups;
	char comm[16];
};

struct sockaddr_in *in4;
/* A compiler keeps what is in a type only where there is one. */
struct inner a_inner;
struct node a_node;
struct ns_common a_ns_common;
struct user_namespace a_user_namespace;
struct net a_net;
struct mnt_namespace a_mnt_namespace;
struct nsproxy a_nsproxy;
struct cred a_cred;
struct pid_namespace a_pid_namespace;
struct upid a_upid;
struct signal_struct a_signal_struct;
struct super_block a_super_block;
struct inode a_inode;
struct file a_file;
struct mm_struct a_mm_struct;
struct kernfs_node a_kernfs_node;
struct css_set a_css_set;
struct in_addr a_in_addr;
struct in6_addr a_in6_addr;
struct sockaddr a_sockaddr;
struct sockaddr_in a_sockaddr_in;
struct sock_common a_sock_common;
struct sock a_sock;
struct task_struct a_task_struct;
enum pid_type a_pid_type;
struct pid *a_pid(struct pid *p) { return p + (p->level & 1); }
struct cgroup *a_cgroup(struct cgroup *c) { return c->level ? c : 0; }

int target(struct node *first, const struct inner *in, unsigned int u, signed char c, long l)
{
	return first && in && u && c && l;
}
