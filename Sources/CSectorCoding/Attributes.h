/// How functions are compiled for more than one set of instructions: the body always inlined into one wrapper for each.
#ifndef CSECTORCODING_ATTRIBUTES_H
#define CSECTORCODING_ATTRIBUTES_H

#define BODY static inline __attribute__((always_inline))

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2")))
#else
#define WIDE
#endif

#endif
