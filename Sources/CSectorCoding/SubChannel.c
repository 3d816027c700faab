#include <string.h>

#include "CSectorCoding.h"

uint16_t csectorcoding_crc(const struct csectorcoding_tables *tables, uint64_t head, uint16_t tail) {
    // A code is the sum of those of the single bytes, which do not wait for each other.
    uint16_t crc = tables->crc[8][tail >> 8] ^ tables->crc[9][tail & 0xFF];
    for (int index = 0; index < 8; index++) crc ^= tables->crc[index][head >> (56 - 8 * index) & 0xFF];
    return crc;
}

void csectorcoding_pack(
    const struct csectorcoding_tables *tables, bool p, const uint8_t *q, uint8_t kept, uint8_t *channels) {
    const uint64_t ones = 0x0101010101010101, flag = p ? 0x80 * ones : 0, mask = kept * ones;
    for (int index = 0; index < 12; index++) {
        uint64_t bytes;
        memcpy(&bytes, channels + 8 * index, sizeof bytes);
        bytes = (bytes & mask) | flag | tables->spread[q[index]];
        memcpy(channels + 8 * index, &bytes, sizeof bytes);
    }
}
