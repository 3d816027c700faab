#include <string.h>

#include "CSectorCoding.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

/// x³²+x³¹+x¹⁶+x¹⁵+x⁴+x³+x+1 with its bits mirrored (ECMA-130, 14.3).
static const uint32_t edc_polynomial = 0xD8018001;

static void fill_edc(uint32_t table[16][256]) {
    for (uint32_t value = 0; value < 256; value++) {
        uint32_t code = value;
        for (int bit = 0; bit < 8; bit++) code = code >> 1 ^ (code & 1 ? edc_polynomial : 0);
        table[0][value] = code;
    }
    for (int zeros = 1; zeros < 16; zeros++) {
        for (int value = 0; value < 256; value++) {
            uint32_t code = table[zeros - 1][value];
            table[zeros][value] = code >> 8 ^ table[0][code & 0xFF];
        }
    }
}

/// x¹⁶+x¹²+x⁵+1, the most significant bit first (22.3.6).
static const uint16_t crc_polynomial = 0x1021;

static void fill_crc(uint16_t table[10][256]) {
    for (unsigned value = 0; value < 256; value++) {
        uint16_t code = (uint16_t)(value << 8);
        for (int byte = 9; byte >= 0; byte--) {
            for (int bit = 0; bit < 8; bit++) code = (uint16_t)(code << 1 ^ (code & 0x8000 ? crc_polynomial : 0));
            table[byte][value] = code;
        }
    }
}

static void fill_spread(uint64_t table[256]) {
    for (unsigned value = 0; value < 256; value++) {
        uint8_t bytes[8];
        for (int bit = 0; bit < 8; bit++) bytes[bit] = value & 0x80u >> bit ? 0x40 : 0;
        memcpy(&table[value], bytes, sizeof bytes);
    }
}

/// A shift register of 15 bits, x¹⁵+x+1, preset to 1, its output least significant bit first (annex B).
static void fill_scrambler(uint8_t bytes[CSECTORCODING_SCRAMBLED_BYTES]) {
    unsigned state = 1;
    for (int index = 0; index < CSECTORCODING_SCRAMBLED_BYTES; index++) {
        unsigned byte = 0;
        for (int bit = 0; bit < 8; bit++) {
            byte |= (state & 1) << bit;
            state = state >> 1 | ((state ^ state >> 1) & 1) << 14;
        }
        bytes[index] = (uint8_t)byte;
    }
}

static enum csectorcoding_level best_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("pclmul")) return CSECTORCODING_BASELINE;
    if (!__builtin_cpu_supports("avx2")) return CSECTORCODING_CARRYLESS;
    return __builtin_cpu_supports("vpclmulqdq") ? CSECTORCODING_WIDE_CARRYLESS : CSECTORCODING_WIDE;
#elif defined(__aarch64__) && defined(__linux__)
    return getauxval(AT_HWCAP) & HWCAP_PMULL ? CSECTORCODING_CARRYLESS : CSECTORCODING_BASELINE;
#else
    return CSECTORCODING_BASELINE;
#endif
}

void csectorcoding_prepare(struct csectorcoding_tables *tables, enum csectorcoding_level limit) {
    fill_edc(tables->edc);
    fill_crc(tables->crc);
    fill_spread(tables->spread);
    fill_scrambler(tables->scrambler);
    enum csectorcoding_level best = best_level();
    tables->level = best < limit ? best : limit;
}
