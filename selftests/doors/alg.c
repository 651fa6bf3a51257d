// SPDX-License-Identifier: GPL-2.0-only
/* AF_ALG: one operation of each type with a key of zeros. */
#include <errno.h>
#include <linux/if_alg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "doors.h"

#define KEY_SIZE 16
#define BLOCK 16
#define IV_MAX 16

struct algorithm {
	const char *type, *name;
	int iv_size;
	size_t tag_size;
};

static int operation(const struct algorithm *a)
{
	static const uint8_t key[KEY_SIZE];
	struct sockaddr_alg address = { .salg_family = AF_ALG };
	int fd;

	strcpy((char *)address.salg_type, a->type);
	strcpy((char *)address.salg_name, a->name);
	fd = pass(sys(socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)), ABSENT_SOCKET, "socket");
	pass(sys(bind(fd, (struct sockaddr *)&address, sizeof(address))), ABSENT_IF(ENOENT), "bind");
	if (a->iv_size)
		pass(sys(setsockopt(fd, SOL_ALG, ALG_SET_KEY, key, sizeof(key))), NULL,
		     "ALG_SET_KEY");
	if (a->tag_size)
		pass(sys(setsockopt(fd, SOL_ALG, ALG_SET_AEAD_AUTHSIZE, NULL, a->tag_size)), NULL,
		     "ALG_SET_AEAD_AUTHSIZE");
	return pass(sys(accept(fd, NULL, NULL)), NULL, "accept");
}

static void encrypt(const struct door *door)
{
	const struct algorithm *a = door->data;
	union {
		char bytes[CMSG_SPACE(sizeof(uint32_t)) +
			   CMSG_SPACE(sizeof(struct af_alg_iv) + IV_MAX)];
		struct cmsghdr align;
	} control = { 0 };
	uint8_t text[BLOCK] = { 0 }, result[2 * BLOCK];
	struct iovec data = { text, sizeof(text) };
	struct msghdr msg = {
		.msg_control = control.bytes,
		.msg_controllen = CMSG_SPACE(sizeof(uint32_t)) +
				  CMSG_SPACE(sizeof(struct af_alg_iv) + a->iv_size),
		.msg_iov = &data,
		.msg_iovlen = 1,
	};
	const uint32_t direction = ALG_OP_ENCRYPT;
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int fd = operation(a);

	c->cmsg_level = SOL_ALG;
	c->cmsg_type = ALG_SET_OP;
	c->cmsg_len = CMSG_LEN(sizeof(direction));
	memcpy(CMSG_DATA(c), &direction, sizeof(direction));
	c = CMSG_NXTHDR(&msg, c);
	c->cmsg_level = SOL_ALG;
	c->cmsg_type = ALG_SET_IV;
	c->cmsg_len = CMSG_LEN(sizeof(struct af_alg_iv) + a->iv_size);
	memcpy(CMSG_DATA(c), &(uint32_t){ a->iv_size }, sizeof(uint32_t));

	pass(sys(sendmsg(fd, &msg, 0)), NULL, "sendmsg");
	pass(sys(read(fd, result, BLOCK + a->tag_size)), NULL, "read");
}

static void hash(const struct door *door)
{
	uint8_t digest[32];
	int fd = operation(door->data);

	pass(sys(send(fd, "door", 4, 0)), NULL, "send");
	pass(sys(read(fd, digest, sizeof(digest))), NULL, "read");
}

const struct door alg_doors[] = {
	{ "af_alg_aead", "AF_ALG, gcm(aes)", ANY_USER, encrypt,
	  &(const struct algorithm){ "aead", "gcm(aes)", 12, 16 } },
	{ "af_alg_hash", "AF_ALG, sha256", ANY_USER, hash,
	  &(const struct algorithm){ "hash", "sha256", 0, 0 } },
	{ "af_alg_skcipher", "AF_ALG, cbc(aes)", ANY_USER, encrypt,
	  &(const struct algorithm){ "skcipher", "cbc(aes)", 16, 0 } },
	{ 0 },
};
