// SPDX-License-Identifier: GPL-2.0-only
/* strerrorname_np() would do, but glibc before 2.32 and other C libraries lack it. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "errname.h"

#define ERRNAMES(x) \
	x(EPERM) x(ENOENT) x(ESRCH) x(EINTR) x(EIO) x(ENXIO) x(E2BIG) x(ENOEXEC) x(EBADF) \
	x(ECHILD) x(EAGAIN) x(ENOMEM) x(EACCES) x(EFAULT) x(ENOTBLK) x(EBUSY) x(EEXIST) \
	x(EXDEV) x(ENODEV) x(ENOTDIR) x(EISDIR) x(EINVAL) x(ENFILE) x(EMFILE) x(ENOTTY) \
	x(ETXTBSY) x(EFBIG) x(ENOSPC) x(ESPIPE) x(EROFS) x(EMLINK) x(EPIPE) x(EDOM) x(ERANGE) \
	x(EDEADLK) x(ENAMETOOLONG) x(ENOLCK) x(ENOSYS) x(ENOTEMPTY) x(ELOOP) x(ENOMSG) \
	x(EIDRM) x(ECHRNG) x(EL2NSYNC) x(EL3HLT) x(EL3RST) x(ELNRNG) x(EUNATCH) x(ENOCSI) \
	x(EL2HLT) x(EBADE) x(EBADR) x(EXFULL) x(ENOANO) x(EBADRQC) x(EBADSLT) x(EBFONT) \
	x(ENOSTR) x(ENODATA) x(ETIME) x(ENOSR) x(ENONET) x(ENOPKG) x(EREMOTE) x(ENOLINK) \
	x(EADV) x(ESRMNT) x(ECOMM) x(EPROTO) x(EMULTIHOP) x(EDOTDOT) x(EBADMSG) x(EOVERFLOW) \
	x(ENOTUNIQ) x(EBADFD) x(EREMCHG) x(ELIBACC) x(ELIBBAD) x(ELIBSCN) x(ELIBMAX) \
	x(ELIBEXEC) x(EILSEQ) x(ERESTART) x(ESTRPIPE) x(EUSERS) x(ENOTSOCK) x(EDESTADDRREQ) \
	x(EMSGSIZE) x(EPROTOTYPE) x(ENOPROTOOPT) x(EPROTONOSUPPORT) x(ESOCKTNOSUPPORT) \
	x(EOPNOTSUPP) x(EPFNOSUPPORT) x(EAFNOSUPPORT) x(EADDRINUSE) x(EADDRNOTAVAIL) \
	x(ENETDOWN) x(ENETUNREACH) x(ENETRESET) x(ECONNABORTED) x(ECONNRESET) x(ENOBUFS) \
	x(EISCONN) x(ENOTCONN) x(ESHUTDOWN) x(ETOOMANYREFS) x(ETIMEDOUT) x(ECONNREFUSED) \
	x(EHOSTDOWN) x(EHOSTUNREACH) x(EALREADY) x(EINPROGRESS) x(ESTALE) x(EUCLEAN) \
	x(ENOTNAM) x(ENAVAIL) x(EISNAM) x(EREMOTEIO) x(EDQUOT) x(ENOMEDIUM) x(EMEDIUMTYPE) \
	x(ECANCELED) x(ENOKEY) x(EKEYEXPIRED) x(EKEYREVOKED) x(EKEYREJECTED) x(EOWNERDEAD) \
	x(ENOTRECOVERABLE) x(ERFKILL) x(EHWPOISON)

#define ERRNAME(e) [e] = #e,
static const char * const names[] = { ERRNAMES(ERRNAME) };

#define NAMES (sizeof(names) / sizeof(names[0]))

const char *errname(int err)
{
	static char number[24];

	if (err > 0 && (size_t)err < NAMES && names[err])
		return names[err];
	snprintf(number, sizeof(number), "errno %d", err);
	return number;
}

int errno_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < NAMES; i++) {
		if (names[i] && !strcmp(names[i], name))
			return i;
	}
	return 0;
}
