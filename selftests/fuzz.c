// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz [--writes N] [--loads N] [--seed N] [CORPUS]
 *
 * Write N inputs (default 100000) to the control file and to a retval file,
 * and load the module N times (default 100) with an input as its parameter.
 * Inputs come from a generator that knows the grammar, from raw bytes, and from
 * changes to inputs of the corpus; where the kernel tells what code an input
 * reaches (KCOV, in a module compiled for it), those that reach something new
 * join the corpus. For a disposable machine only, with the modules in /modules
 * and both loaded.
 *
 * Each input is accepted as a whole, or refused with an errno that the
 * interface has, and then what is engaged and pending is as before. What is
 * engaged is only ever a function that is harmless to engage.
 *
 * CORPUS: a file with an input per line, non-printable bytes as \xNN. The
 * inputs of the corpus that reach something of their own are printed in the
 * same form after "corpus:" in the end. How far a long run has come is written
 * to standard error.
 *
 * Exit status: 0 if all was as it must be, 1 if not, 2 wrong usage.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcov.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "errname.h"
#include "target.h"

#define USAGE_ERROR 2
#define INPUT_MAX 6000		/* the interface takes 4096 */
#define CORPUS_MAX 4096
#define REACHED_MAX (1 << 16)	/* in one write */
#define MAP_SIZE (1 << 16)
#define DISENGAGE_EVERY 256
#define TELL_EVERY 20000
#define CHECK_EVERY 16
#define NUMBER_MAX 100000000
#define RETVAL KS_ROOT "fn/ks_test_vuln/retval"

struct input {
	size_t len;
	unsigned char bytes[INPUT_MAX];
};

static struct input *corpus[CORPUS_MAX];
static unsigned int corpus_count;
static unsigned int state = 1;
static unsigned long writes = 100000, loads = 100, accepted, refused, found;
static unsigned char seen[MAP_SIZE];
static unsigned int seen_count;
static unsigned long *reached;	/* NULL: the kernel does not tell */
static int reached_fd;
static bool fine = true;

static unsigned int below(unsigned int n)
{
	return random_next(&state) % n;
}

static void add(struct input *in, const char *text)
{
	size_t len = strlen(text);

	if (in->len + len > sizeof(in->bytes))
		len = sizeof(in->bytes) - in->len;
	memcpy(in->bytes + in->len, text, len);
	in->len += len;
}

static const char *one_of(const char * const *words, size_t n)
{
	return words[below(n)];
}

#define ONE_OF(words) one_of(words, sizeof(words) / sizeof((words)[0]))

static void add_space(struct input *in)
{
	static const char * const spaces[] = {
		" ", " ", " ", " ", " ", "  ", "\t", " \t ", "", "\n", "\v",
	};

	add(in, ONE_OF(spaces));
}

static void add_symbol(struct input *in)
{
	static const char * const symbols[] = {
		"ks_test_vuln", "ks_test_vuln", "test_killswitch:ks_test_vuln",
		"cmdline_proc_show", "version_proc_show", "vmlinux:version_proc_show",
		"ks_not_there:ks_nothing", "ks_nothing", "test_killswitch:ks_nothing",
		"ks_control_write", "killswitch:ks_engage", "ks_test_vuln+0x4", ":", "a:b:c", ":f",
		"m:", "ks_test_vuln.cold", "__pfx_ks_test_vuln", "0xffffffff81000000", "-1", "*", "%s%n",
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx:f",
	};
	unsigned int i;

	if (below(50)) {
		add(in, ONE_OF(symbols));
		return;
	}
	for (i = below(600); i; i--)
		add(in, below(40) ? "y" : ":");
}

static void add_number(struct input *in)
{
	static const char * const numbers[] = {
		"-1", "0", "-13", "-5", "1", "0x10", "010", "9223372036854775807",
		"-9223372036854775808", "9223372036854775808", "18446744073709551616", "-0", "+1",
		"--1", "0x", "1e3", "", "1 2", "-", "0x7fffffffffffffff", "08", "86400", "86401", "60",
		"4294967296", "1s",
	};
	char text[32];

	if (below(4)) {
		add(in, ONE_OF(numbers));
		return;
	}
	snprintf(text, sizeof(text), "%d", (int)random_next(&state));
	add(in, text);
}

static void add_path(struct input *in)
{
	static const char * const paths[] = {
		KS_GUARD, "/sys/fs/bpf/nothing", "/", "guard", "/proc/self/exe", "/dev/null",
		"/sys/fs/bpf", "",
	};

	add(in, ONE_OF(paths));
}

static void add_reason(struct input *in)
{
	static const char * const reasons[] = {
		" # CVE-2026-31431", " # it's \"open\" \\ here", " #", " # ", "\t#\treason", " #reason",
		"# reason", " # a # b", " # \x7f", " # \xc3\xa9", " # a\nb",
	};
	unsigned int i;

	if (below(3))
		return;
	if (below(8)) {
		add(in, ONE_OF(reasons));
		return;
	}
	add(in, " # ");
	for (i = 100 + below(40); i; i--)
		add(in, "r");
}

static void generate_command(struct input *in)
{
	static const char * const verbs[] = {
		"engage", "engage", "engage", "tryengage", "engagefor", "engageif", "keep",
		"observe", "observe", "enforce", "disengage", "disengage", "disengage_all",
		"engagebpf", "sealed", "locked", "ENGAGE", "engag", "engage_all", "",
	};
	unsigned int words = below(5);

	if (!below(8))
		add_space(in);
	add(in, ONE_OF(verbs));
	while (words--) {
		add_space(in);
		switch (below(4)) {
		case 0:
		case 1:
			add_symbol(in);
			break;
		case 2:
			add_number(in);
			break;
		default:
			add_path(in);
		}
	}
	add_reason(in);
	if (below(2))
		add(in, "\n");
}

/* What is right but for its values. */
static void generate_right(struct input *in)
{
	static const char * const forms[] = {
		"engage S N", "engage S N", "tryengage S N N", "engagefor S N N", "engageif S N P",
		"tryengage S N N P", "engagefor S N N P", "keep S", "disengage S", "disengage_all",
		"engagebpf S P", "observe S", "observe S P", "enforce S N",
	};
	const char *form = ONE_OF(forms);

	for (; *form; form++) {
		const char letter[] = { *form, '\0' };

		if (*form == 'S')
			add_symbol(in);
		else if (*form == 'N')
			add_number(in);
		else if (*form == 'P')
			add_path(in);
		else
			add(in, letter);
	}
}

static void generate_raw(struct input *in)
{
	in->len = below(4) ? below(64) : below(INPUT_MAX);
	for (size_t i = 0; i < in->len; i++)
		in->bytes[i] = random_next(&state) >> 8;
}

static void change(struct input *in)
{
	size_t at = in->len ? below(in->len) : 0, n;

	switch (below(5)) {
	case 0:
		if (in->len)
			in->bytes[at] ^= 1 << below(8);
		break;
	case 1:
		if (in->len)
			in->bytes[at] = random_next(&state) >> 8;
		break;
	case 2:	/* a part of it once more */
		n = in->len - at;
		if (in->len + n > INPUT_MAX)
			n = INPUT_MAX - in->len;
		memmove(in->bytes + in->len, in->bytes + at, n);
		in->len += n;
		break;
	case 3:
		in->len = at;
		break;
	default:
		add_space(in);
		add_number(in);
	}
}

static void generate(struct input *in)
{
	unsigned int changes;

	in->len = 0;
	/* what is accepted takes a hundred times as long as what is refused */
	if (!below(16)) {
		generate_right(in);
	} else if (!below(4)) {
		generate_raw(in);
	} else if (!corpus_count || below(2)) {
		generate_command(in);
	} else {
		*in = *corpus[below(corpus_count)];
		for (changes = 1 + below(4); changes; changes--)
			change(in);
	}
}

static bool has(const struct input *in, const char *text)
{
	return memmem(in->bytes, in->len, text, strlen(text));
}

/*
 * Two commands would end the run, for nothing could be changed after them. Another
 * starts a program each time that it is right.
 */
static bool is_left_out(const struct input *in)
{
	return (has(in, "seal") && !has(in, "sealed")) || (has(in, "lock") && !has(in, "locked")) ||
	       (has(in, "engagebpf") && below(64));
}

static void print_input(const struct input *in)
{
	for (size_t i = 0; i < in->len; i++) {
		if (isprint(in->bytes[i]) && in->bytes[i] != '\\')
			putchar(in->bytes[i]);
		else
			printf("\\x%02x", in->bytes[i]);
	}
	putchar('\n');
}

static void wrong(const char *what, int err, const struct input *in)
{
	printf("%s: %s: ", what, err ? errname(err) : "accepted");
	print_input(in);
	fine = false;
}

/* Whether an input reached what none had before. */
static bool is_new(void)
{
	unsigned long i, n = reached ? __atomic_load_n(&reached[0], __ATOMIC_RELAXED) : 0;
	bool new = false;

	for (i = 1; i <= n && i < REACHED_MAX; i++) {
		unsigned long hash = reached[i] ^ reached[i] >> 16;

		new |= !seen[hash % MAP_SIZE];
		seen_count += !seen[hash % MAP_SIZE];
		seen[hash % MAP_SIZE] = 1;
	}
	return new;
}

static void keep(const struct input *in)
{
	if (corpus_count == CORPUS_MAX)
		return;
	corpus[corpus_count] = malloc(sizeof(*in));
	if (!corpus[corpus_count]) {
		perror("fuzz: malloc");
		exit(1);
	}
	*corpus[corpus_count++] = *in;
}

static void observe(bool on)
{
	if (!reached)
		return;
	if (ioctl(reached_fd, on ? KCOV_ENABLE : KCOV_DISABLE, KCOV_TRACE_PC)) {
		perror("fuzz: kcov");
		exit(1);
	}
	if (on)
		__atomic_store_n(&reached[0], 0, __ATOMIC_RELAXED);
}

/* What the interface may answer. */
static bool is_refusal(int err)
{
	static const int errnos[] = {
		EINVAL, ERANGE, ENOENT, EBUSY, EADDRNOTAVAIL, EIO, EACCES, ENOTDIR, ENAMETOOLONG,
		EPERM, EIDRM, ELOOP,
	};

	for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++) {
		if (err == errnos[i])
			return true;
	}
	return false;
}

static void describe(char *buf, size_t size)
{
	char *line, *hits;

	get(KS_ROOT "engaged", buf, size / 2);
	get(KS_ROOT "pending", buf + strlen(buf), size / 2);
	/* nobody calls ks_test_vuln() meanwhile; what reads /proc may */
	for (line = buf; (hits = strstr(line, " hits=")); line = hits + 1)
		memset(hits + 6, '-', strcspn(hits + 6, "\n"));
}

static void try_one(const char *file, struct input *in, bool check)
{
	static char before[65536], after[65536];
	int err;

	if (check)
		describe(before, sizeof(before));
	observe(true);
	err = put_bytes(file, in->bytes, in->len);
	observe(false);
	if (is_new()) {
		found++;
		keep(in);
	}
	if (!err) {
		accepted++;
		return;
	}
	refused++;
	if (!is_refusal(err))
		wrong("an errno that the interface does not have", err, in);
	if (!check)
		return;
	describe(after, sizeof(after));
	if (strcmp(before, after))
		wrong("it was refused, and has changed something", err, in);
}

static void try_again(const char *command)
{
	int err = put(KS_CONTROL, command);

	if (err && err != EBUSY) {
		printf("%s: %s\n", command, errname(err));
		fine = false;
	}
}

static void fuzz_writes(void)
{
	static struct input in;
	unsigned long i;
	bool number;	/* is to be written to a retval file */

	for (i = 0; i < corpus_count; i++)
		try_one(KS_CONTROL, corpus[i], true);
	for (i = 0; i < writes && fine;) {
		number = !below(32);
		if (number)
			try_again("engage ks_test_vuln -1");
		generate(&in);
		if (number && below(2)) {
			in.len = 0;
			add_number(&in);
		}
		if (is_left_out(&in))
			continue;
		try_one(number ? RETVAL : KS_CONTROL, &in, i % CHECK_EVERY == 0);
		if (++i % DISENGAGE_EVERY == 0)
			try_again("disengage_all");
		if (i % TELL_EVERY == 0 && i < writes)
			fprintf(stderr, "fuzz: %lu of %lu writes\n", i, writes);
	}
	try_again("disengage_all");
}

/* The parameter: a list of entries, each malformed in its own way or right. */
static void generate_parameter(char *text, size_t size)
{
	static struct input in;
	unsigned int entries = below(6);
	size_t i;

	in.len = 0;
	add(&in, "engage=");
	while (entries--) {
		if (below(8)) {
			add_symbol(&in);
			add(&in, below(8) ? "=" : "");
			add_number(&in);
		} else {
			generate_raw(&in);
			memcpy(in.bytes, "engage=", in.len < 7 ? in.len : 7);
		}
		add(&in, ",");
	}
	if (in.len > size - 1)
		in.len = size - 1;
	/* words end at a blank, of which Latin-1 has one more, and another word would be another parameter */
	for (i = 0; i < in.len; i++) {
		text[i] = in.bytes[i];
		if (isspace((unsigned char)text[i]) || text[i] == (char)0xa0 || !text[i] ||
		    text[i] == '"')
			text[i] = ';';
	}
	text[i] = '\0';
}

static void fuzz_loads(void)
{
	static char text[1024];	/* the kernel takes as much in one parameter */
	unsigned long i;
	int err;

	for (i = 0; i < loads && fine; i++) {
		generate_parameter(text, sizeof(text));
		err = unload_module("killswitch");
		if (!err)
			err = load_module(KS_KO, text);
		if (err) {
			printf("loading it with %s: %s\n", text, errname(err));
			fine = false;
		}
	}
	try_again("disengage_all");
}

static int hex(int c)
{
	return isdigit(c) ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

static void parse_line(const char *line, struct input *in)
{
	for (in->len = 0; *line && *line != '\n' && in->len < INPUT_MAX; line++) {
		if (line[0] == '\\' && line[1] == 'x' && hex(line[2]) >= 0 && hex(line[3]) >= 0) {
			in->bytes[in->len++] = hex(line[2]) << 4 | hex(line[3]);
			line += 3;
		} else {
			in->bytes[in->len++] = *line;
		}
	}
}

static void read_corpus(const char *path)
{
	static char line[4 * INPUT_MAX + 2];
	static struct input in;
	FILE *file = fopen(path, "r");

	if (!file) {
		fprintf(stderr, "fuzz: %s: %s\n", path, strerror(errno));
		exit(USAGE_ERROR);
	}
	while (fgets(line, sizeof(line), file)) {
		parse_line(line, &in);
		keep(&in);
	}
	fclose(file);
}

static void open_kcov(void)
{
	reached_fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (reached_fd < 0)
		return;
	if (!ioctl(reached_fd, KCOV_INIT_TRACE, REACHED_MAX))
		reached = mmap(NULL, REACHED_MAX * sizeof(*reached), PROT_READ | PROT_WRITE,
			       MAP_SHARED, reached_fd, 0);
	if (!reached || reached == MAP_FAILED) {
		perror("fuzz: kcov");
		exit(1);
	}
}

static unsigned long number(const char *word)
{
	char *end;
	unsigned long n = strtoul(word, &end, 10);

	if (end == word || *end || n > NUMBER_MAX) {
		fprintf(stderr, "fuzz: \"%s\" is not a number from 0 to %d\n", word, NUMBER_MAX);
		exit(USAGE_ERROR);
	}
	return n;
}

static void parse(int argc, char *argv[])
{
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--writes") && i + 1 < argc) {
			writes = number(argv[++i]);
		} else if (!strcmp(argv[i], "--loads") && i + 1 < argc) {
			loads = number(argv[++i]);
		} else if (!strcmp(argv[i], "--seed") && i + 1 < argc) {
			state = number(argv[++i]) + 1;
		} else if (argv[i][0] != '-' && i + 1 == argc) {
			read_corpus(argv[i]);
		} else {
			fputs("usage: fuzz [--writes N] [--loads N] [--seed N] [CORPUS]\n", stderr);
			exit(USAGE_ERROR);
		}
	}
}

int main(int argc, char *argv[])
{
	unsigned int i;
	int err;

	parse(argc, argv);
	err = pin_guard();
	if (err) {
		printf("%s cannot be made: %s\n", KS_GUARD, errname(err));
		return 1;
	}
	open_kcov();
	fuzz_writes();
	printf("%lu writes accepted, %lu refused\n", accepted, refused);
	if (reached)
		printf("%u places of the module reached, %lu inputs found something new\n",
		       seen_count, found);
	fuzz_loads();
	printf("%lu loads\n", loads);
	if (reached) {
		puts("corpus:");
		for (i = 0; i < corpus_count; i++)
			print_input(corpus[i]);
	}
	return fine ? 0 : 1;
}
