/// System call filters.
#include <seccomp.h>
