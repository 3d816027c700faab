/// Device enumeration and hot-plug.
#include <libudev.h>
