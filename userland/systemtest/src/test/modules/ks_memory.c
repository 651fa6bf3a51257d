// SPDX-License-Identifier: GPL-2.0-only
/* Kernel memory that a test fills and knows the address of: /sys/kernel/debug/ks_memory and the parameter address. */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#define KS_MEMORY_SIZE (1 << 16)

static unsigned long address;
module_param(address, ulong, 0400);
MODULE_PARM_DESC(address, "where the memory is (set by the module)");

static struct dentry *file;

static ssize_t ks_memory_write(struct file *f, const char __user *buf, size_t len, loff_t *at)
{
	return simple_write_to_buffer((void *)address, KS_MEMORY_SIZE, at, buf, len);
}

static const struct file_operations ks_memory_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = ks_memory_write,
};

static int __init ks_memory_init(void)
{
	void *memory = vzalloc(KS_MEMORY_SIZE);

	if (!memory)
		return -ENOMEM;
	address = (unsigned long)memory;
	file = debugfs_create_file("ks_memory", 0200, NULL, NULL, &ks_memory_fops);
	return 0;
}

static void __exit ks_memory_exit(void)
{
	debugfs_remove(file);
	vfree((void *)address);
}

module_init(ks_memory_init);
module_exit(ks_memory_exit);
MODULE_DESCRIPTION("Memory for tests of what BPF programs read");
MODULE_LICENSE("GPL");
