#include "Attributes.h"
#include "CSectorCoding.h"

enum { sector_bytes = 2352, sync_bytes = sector_bytes - CSECTORCODING_SCRAMBLED_BYTES };

/// A loop that compilers make vectors of.
BODY void scramble(const uint8_t *restrict output, uint8_t *restrict sectors, size_t count) {
    for (; count > 0; sectors += sector_bytes, count--) {
        for (int index = 0; index < CSECTORCODING_SCRAMBLED_BYTES; index++) sectors[sync_bytes + index] ^= output[index];
    }
}

WIDE static void wide_scramble(const uint8_t *output, uint8_t *sectors, size_t count) {
    scramble(output, sectors, count);
}

void csectorcoding_scramble(const struct csectorcoding_tables *tables, uint8_t *sectors, size_t count) {
    if (tables->level >= CSECTORCODING_WIDE) {
        wide_scramble(tables->scrambler, sectors, count);
    } else {
        scramble(tables->scrambler, sectors, count);
    }
}
