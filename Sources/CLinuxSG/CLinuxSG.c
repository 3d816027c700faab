#include "CLinuxSG.h"

int clinuxsg_io(int fd, struct sg_io_hdr *header) { return ioctl(fd, SG_IO, header); }
