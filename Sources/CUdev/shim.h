/// What the system's device manager knows and tells (libudev).
#ifndef CUDEV_SHIM_H
#define CUDEV_SHIM_H

#include <libudev.h>

#endif
