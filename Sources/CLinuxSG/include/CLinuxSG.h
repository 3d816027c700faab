/// The SCSI generic interface of Linux: `struct sg_io_hdr`, `SG_IO` and the `SG_DXFER_*` values (scsi/sg.h).
#ifndef CLINUXSG_H
#define CLINUXSG_H
#include <scsi/sg.h>
#include <sys/ioctl.h>

/// ioctl(fd, SG_IO, header): 0, or -1 with errno.
int clinuxsg_io(int fd, struct sg_io_hdr *header);

/// Most bytes of one transfer through a block device, by ioctl(fd, BLKSECTGET); -1 with errno.
long clinuxsg_block_transfer_limit(int fd);

/// The same through a node of the sg driver, which answers in bytes and not in sectors; -1 with errno.
long clinuxsg_generic_transfer_limit(int fd);

#endif
