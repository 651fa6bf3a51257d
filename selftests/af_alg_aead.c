// SPDX-License-Identifier: GPL-2.0-only
/*
 * af_alg_aead [--quiet]
 *
 * An authenticated encryption (AEAD) round trip through AF_ALG, the kernel
 * interface that any user may use and by which CVE-2026-31431 is reached:
 * encrypt, compare with a published test vector, decrypt, compare, and see a
 * tampered message refused.
 *
 * Exit status: 0 it works; 1 wrong result; 2 a system call was refused (one
 * line says which and why); 4 this kernel has no AF_ALG or not the algorithm.
 */
#include <errno.h>
#include <linux/if_alg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "errname.h"

#define ALGORITHM "gcm(aes)"

#define EXIT_WRONG 1
#define EXIT_REFUSED 2
#define EXIT_SKIP 4
#define USAGE_ERROR 64

/*
 * Test case 4 of appendix B of "The Galois/Counter Mode of Operation (GCM)",
 * McGrew and Viega, 2005, the proposal that became NIST SP 800-38D.
 */
#define KEY_SIZE 16
#define IV_SIZE 12
#define ASSOC_SIZE 20
#define TEXT_SIZE 60
#define TAG_SIZE 16

static const uint8_t key[KEY_SIZE] = {
	0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c,
	0x6d, 0x6a, 0x8f, 0x94, 0x67, 0x30, 0x83, 0x08,
};

static const uint8_t iv[IV_SIZE] = {
	0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce, 0xdb, 0xad, 0xde, 0xca, 0xf8, 0x88,
};

static const uint8_t assoc[ASSOC_SIZE] = {
	0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed,
	0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xab, 0xad, 0xda, 0xd2,
};

static const uint8_t plaintext[TEXT_SIZE] = {
	0xd9, 0x31, 0x32, 0x25, 0xf8, 0x84, 0x06, 0xe5, 0xa5, 0x59, 0x09, 0xc5,
	0xaf, 0xf5, 0x26, 0x9a, 0x86, 0xa7, 0xa9, 0x53, 0x15, 0x34, 0xf7, 0xda,
	0x2e, 0x4c, 0x30, 0x3d, 0x8a, 0x31, 0x8a, 0x72, 0x1c, 0x3c, 0x0c, 0x95,
	0x95, 0x68, 0x09, 0x53, 0x2f, 0xcf, 0x0e, 0x24, 0x49, 0xa6, 0xb5, 0x25,
	0xb1, 0x6a, 0xed, 0xf5, 0xaa, 0x0d, 0xe6, 0x57, 0xba, 0x63, 0x7b, 0x39,
};

static const uint8_t sealed[TEXT_SIZE + TAG_SIZE] = {
	0x42, 0x83, 0x1e, 0xc2, 0x21, 0x77, 0x74, 0x24, 0x4b, 0x72, 0x21, 0xb7,
	0x84, 0xd0, 0xd4, 0x9c, 0xe3, 0xaa, 0x21, 0x2f, 0x2c, 0x02, 0xa4, 0xe0,
	0x35, 0xc1, 0x7e, 0x23, 0x29, 0xac, 0xa1, 0x2e, 0x21, 0xd5, 0x14, 0xb2,
	0x54, 0x66, 0x93, 0x1c, 0x7d, 0x8f, 0x6a, 0x5a, 0xac, 0x84, 0xaa, 0x05,
	0x1b, 0xa3, 0x0b, 0x39, 0x6a, 0x0a, 0xac, 0x97, 0x3d, 0x58, 0xe0, 0x91,
	/* the tag */
	0x5b, 0xc9, 0x4f, 0xbc, 0x32, 0x21, 0xa5, 0xdb,
	0x94, 0xfa, 0xe9, 0x5a, 0xe7, 0x12, 0x1a, 0x47,
};

/* Ends the program: the system call @what has just been refused. */
static void refused(const char *what)
{
	int err = errno;

	fprintf(stderr, "%s: %s (%s)\n", what, strerror(err), errname(err));
	exit(EXIT_REFUSED);
}

static void skip(const char *what)
{
	fprintf(stderr, "%s is not available on this kernel (%s)\n", what, errname(errno));
	exit(EXIT_SKIP);
}

static int bind_algorithm(void)
{
	struct sockaddr_alg address = {
		.salg_family = AF_ALG,
		.salg_type = "aead",
		.salg_name = ALGORITHM,
	};
	int fd;

	fd = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		if (errno == EAFNOSUPPORT)
			skip("AF_ALG");
		refused("socket");
	}
	if (bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		if (errno == ENOENT)
			skip("AF_ALG aead " ALGORITHM);
		refused("bind");
	}
	if (setsockopt(fd, SOL_ALG, ALG_SET_KEY, key, sizeof(key)))
		refused("setsockopt ALG_SET_KEY");
	if (setsockopt(fd, SOL_ALG, ALG_SET_AEAD_AUTHSIZE, NULL, TAG_SIZE))
		refused("setsockopt ALG_SET_AEAD_AUTHSIZE");
	return fd;
}

static struct cmsghdr *put_control(struct msghdr *msg, struct cmsghdr *previous, int type,
				   size_t size)
{
	struct cmsghdr *c = previous ? CMSG_NXTHDR(msg, previous) : CMSG_FIRSTHDR(msg);

	c->cmsg_level = SOL_ALG;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(size);
	return c;
}

/* Hand in associated data and @text; what comes out is for receive(). */
static void send_request(int fd, uint32_t operation, const uint8_t *text, size_t size)
{
	union {
		char bytes[2 * CMSG_SPACE(sizeof(uint32_t)) +
			   CMSG_SPACE(sizeof(struct af_alg_iv) + IV_SIZE)];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec data[] = {
		{ .iov_base = (void *)assoc, .iov_len = ASSOC_SIZE },
		{ .iov_base = (void *)text, .iov_len = size },
	};
	struct msghdr msg = {
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
		.msg_iov = data,
		.msg_iovlen = 2,
	};
	const uint32_t assoc_size = ASSOC_SIZE;
	struct af_alg_iv *alg_iv;
	struct cmsghdr *c;
	ssize_t sent;

	c = put_control(&msg, NULL, ALG_SET_OP, sizeof(operation));
	memcpy(CMSG_DATA(c), &operation, sizeof(operation));
	c = put_control(&msg, c, ALG_SET_AEAD_ASSOCLEN, sizeof(assoc_size));
	memcpy(CMSG_DATA(c), &assoc_size, sizeof(assoc_size));
	c = put_control(&msg, c, ALG_SET_IV, sizeof(*alg_iv) + IV_SIZE);
	alg_iv = (struct af_alg_iv *)CMSG_DATA(c);
	alg_iv->ivlen = IV_SIZE;
	memcpy(alg_iv->iv, iv, IV_SIZE);

	sent = sendmsg(fd, &msg, 0);
	if (sent < 0)
		refused("sendmsg");
	if ((size_t)sent != ASSOC_SIZE + size) {
		fprintf(stderr, "sendmsg took %zd bytes of %zu\n", sent, ASSOC_SIZE + size);
		exit(EXIT_WRONG);
	}
}

/*
 * One operation on a connection of its own. The result goes to @out, without
 * the associated data that the kernel puts in front of it.
 * Return: 0, or the errno of recv(2).
 */
static int transform(int algorithm, uint32_t operation, const uint8_t *text, size_t size,
		     uint8_t *out, size_t out_size)
{
	uint8_t reply[ASSOC_SIZE + TEXT_SIZE + TAG_SIZE];
	ssize_t n;
	int fd, err = 0;

	fd = accept(algorithm, NULL, NULL);
	if (fd < 0)
		refused("accept");
	send_request(fd, operation, text, size);
	n = recv(fd, reply, ASSOC_SIZE + out_size, 0);
	if (n < 0) {
		err = errno;
	} else if ((size_t)n != ASSOC_SIZE + out_size) {
		fprintf(stderr, "recv gave %zd bytes instead of %zu\n", n, ASSOC_SIZE + out_size);
		exit(EXIT_WRONG);
	} else {
		memcpy(out, reply + ASSOC_SIZE, out_size);
	}
	close(fd);
	errno = err;
	return err;
}

static void check(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "AF_ALG " ALGORITHM ": %s\n", what);
	exit(EXIT_WRONG);
}

int main(int argc, char *argv[])
{
	uint8_t encrypted[TEXT_SIZE + TAG_SIZE], decrypted[TEXT_SIZE];
	bool quiet = argc == 2 && !strcmp(argv[1], "--quiet");
	int algorithm, err;

	if (argc != 1 && !quiet) {
		fputs("usage: af_alg_aead [--quiet]\n", stderr);
		return USAGE_ERROR;
	}

	algorithm = bind_algorithm();
	if (transform(algorithm, ALG_OP_ENCRYPT, plaintext, TEXT_SIZE,
		      encrypted, sizeof(encrypted)))
		refused("recv");
	check(!memcmp(encrypted, sealed, sizeof(sealed)),
	      "the ciphertext is not the published one");

	if (transform(algorithm, ALG_OP_DECRYPT, encrypted, sizeof(encrypted),
		      decrypted, TEXT_SIZE))
		refused("recv");
	check(!memcmp(decrypted, plaintext, TEXT_SIZE), "the plaintext did not come back");

	encrypted[sizeof(encrypted) - 1] ^= 1;
	err = transform(algorithm, ALG_OP_DECRYPT, encrypted, sizeof(encrypted),
			decrypted, TEXT_SIZE);
	if (err && err != EBADMSG)
		refused("recv");
	check(err == EBADMSG, "a tampered message was accepted");

	if (!quiet) {
		printf("AF_ALG " ALGORITHM
		       ": encrypted %d bytes, the ciphertext is the published one\n", TEXT_SIZE);
		printf("AF_ALG " ALGORITHM ": decrypted, the plaintext matches\n");
		printf("AF_ALG " ALGORITHM ": a tampered message is refused (EBADMSG)\n");
	}
	return 0;
}
