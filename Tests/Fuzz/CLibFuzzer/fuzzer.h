/// The entry to libFuzzer for programs with a main function of their own (LLVM, "libFuzzer as a library").
#ifndef FUZZER_H
#define FUZZER_H

#include <stddef.h>
#include <stdint.h>

/// Takes one input; 0 when it may join the corpus.
typedef int (*FuzzerCallback)(const uint8_t *data, size_t size);

/// Runs libFuzzer by its command line. Ends the process when a callback crashes.
int LLVMFuzzerRunDriver(int *argc, char ***argv, FuzzerCallback callback);

#endif
