/// libmicrohttpd, and what Swift cannot call of it.
#ifndef CMICROHTTPD_H
#define CMICROHTTPD_H
#include <microhttpd.h>
#endif
