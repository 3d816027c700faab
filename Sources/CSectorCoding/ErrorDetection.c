#include <string.h>

#include "CSectorCoding.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#include <wmmintrin.h>
#define CARRYLESS __attribute__((target("pclmul")))
#elif defined(__aarch64__)
#include <arm_neon.h>
#define CARRYLESS __attribute__((target("aes")))
#endif

/// Sixteen bytes a step: each byte's share of the code is that of the byte with the zeros that follow it.
static uint32_t edc_by_table(const uint32_t table[16][256], uint32_t code, const uint8_t *bytes, size_t count) {
    for (; count >= 16; bytes += 16, count -= 16) {
        uint32_t next = 0;
        for (int index = 0; index < 4; index++) next ^= table[15 - index][bytes[index] ^ (uint8_t)(code >> 8 * index)];
        for (int index = 4; index < 16; index++) next ^= table[15 - index][bytes[index]];
        code = next;
    }
    for (; count > 0; bytes++, count--) code = code >> 8 ^ table[0][(uint8_t)code ^ *bytes];
    return code;
}

#ifdef CARRYLESS

/// What a block of 128 bits is multiplied by to move it on by 512 bits or by 128: x to the power of that plus 32 for the
/// half that comes first, less 32 for the other, modulo the EDC's polynomial, mirrored and shifted by one because the
/// product of mirrored polynomials is.
static const uint64_t by512[2] = {0x1F8931102, 0x12E7928A2};
static const uint64_t by128[2] = {0x06C90C100, 0x1D5934102};

#if defined(__x86_64__)
typedef __m128i block;

CARRYLESS static inline __attribute__((always_inline)) block load(const void *bytes) { return _mm_loadu_si128(bytes); }

/// `sum` moved on by the distance of `factors`, plus sixteen bytes.
CARRYLESS static inline __attribute__((always_inline)) block fold(block sum, block factors, const void *bytes) {
    block first = _mm_clmulepi64_si128(sum, factors, 0x00);
    block second = _mm_clmulepi64_si128(sum, factors, 0x11);
    return _mm_xor_si128(_mm_xor_si128(first, second), load(bytes));
}
#else
typedef uint64x2_t block;

CARRYLESS static inline __attribute__((always_inline)) block load(const void *bytes) {
    return vreinterpretq_u64_u8(vld1q_u8(bytes));
}

/// `sum` moved on by the distance of `factors`, plus sixteen bytes.
CARRYLESS static inline __attribute__((always_inline)) block fold(block sum, block factors, const void *bytes) {
    poly64x2_t left = vreinterpretq_p64_u64(sum), right = vreinterpretq_p64_u64(factors);
    block first = vreinterpretq_u64_p128(vmull_p64(vgetq_lane_p64(left, 0), vgetq_lane_p64(right, 0)));
    block second = vreinterpretq_u64_p128(vmull_high_p64(left, right));
    return veorq_u64(veorq_u64(first, second), load(bytes));
}
#endif

/// Four sums of every fourth block, then one sum of them, whose code is that of all blocks. At least 64 bytes.
CARRYLESS static uint32_t edc_by_folding(const uint32_t table[16][256], const uint8_t *bytes, size_t count) {
    block sums[4], factors = load(by512);
    for (int lane = 0; lane < 4; lane++) sums[lane] = load(bytes + 16 * lane);
    for (bytes += 64, count -= 64; count >= 64; bytes += 64, count -= 64) {
        for (int lane = 0; lane < 4; lane++) sums[lane] = fold(sums[lane], factors, bytes + 16 * lane);
    }
    factors = load(by128);
    block sum = sums[0];
    for (int lane = 1; lane < 4; lane++) sum = fold(sum, factors, &sums[lane]);
    for (; count >= 16; bytes += 16, count -= 16) sum = fold(sum, factors, bytes);
    uint8_t rest[16];
    memcpy(rest, &sum, sizeof rest);
    return edc_by_table(table, edc_by_table(table, 0, rest, sizeof rest), bytes, count);
}

#endif

uint32_t csectorcoding_edc(const struct csectorcoding_tables *tables, const uint8_t *bytes, size_t count) {
#ifdef CARRYLESS
    if (tables->level >= CSECTORCODING_CARRYLESS && count >= 64) return edc_by_folding(tables->edc, bytes, count);
#endif
    return edc_by_table(tables->edc, 0, bytes, count);
}
