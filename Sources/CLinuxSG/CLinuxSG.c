#include "CLinuxSG.h"

#include <linux/fs.h>

int clinuxsg_io(int fd, struct sg_io_hdr *header) { return ioctl(fd, SG_IO, header); }

long clinuxsg_block_transfer_limit(int fd) {
    unsigned short sectors = 0;
    return ioctl(fd, BLKSECTGET, &sectors) < 0 ? -1 : (long)sectors * 512;
}

long clinuxsg_generic_transfer_limit(int fd) {
    int bytes = 0;
    return ioctl(fd, BLKSECTGET, &bytes) < 0 ? -1 : bytes;
}
