#include <string.h>

#include "CSectorCoding.h"

#if defined(__x86_64__)
#include <immintrin.h>
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

/// What a block of 128 bits is multiplied by to move it on by so many bits: x to the power of that plus 32 for the
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

/// The code of what one sum stands for and of the bytes behind it.
CARRYLESS static inline __attribute__((always_inline)) uint32_t finish(
    const uint32_t table[16][256], block sum, const uint8_t *bytes, size_t count) {
    block factors = load(by128);
    for (; count >= 16; bytes += 16, count -= 16) sum = fold(sum, factors, bytes);
    uint8_t rest[16];
    memcpy(rest, &sum, sizeof rest);
    return edc_by_table(table, edc_by_table(table, 0, rest, sizeof rest), bytes, count);
}

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
    return finish(table, sum, bytes, count);
}

#if defined(__x86_64__)
#define WIDE_CARRYLESS __attribute__((target("avx2,pclmul,vpclmulqdq")))

static const uint64_t by1024[2] = {0x06500D000, 0x1FBEA69A0};
static const uint64_t by256[2] = {0x0BD01C000, 0x1F75A6182};

WIDE_CARRYLESS static inline __attribute__((always_inline)) __m256i load_two(const void *bytes) {
    return _mm256_loadu_si256(bytes);
}

/// `fold` for two blocks side by side.
WIDE_CARRYLESS static inline __attribute__((always_inline)) __m256i fold_two(
    __m256i sums, __m256i factors, __m256i blocks) {
    __m256i first = _mm256_clmulepi64_epi128(sums, factors, 0x00);
    __m256i second = _mm256_clmulepi64_epi128(sums, factors, 0x11);
    return _mm256_xor_si256(_mm256_xor_si256(first, second), blocks);
}

/// The same with eight sums, two in a vector. At least 128 bytes.
WIDE_CARRYLESS static uint32_t edc_by_wide_folding(
    const uint32_t table[16][256], const uint8_t *bytes, size_t count) {
    __m256i pairs[4], factors = _mm256_broadcastsi128_si256(load(by1024));
    for (int lane = 0; lane < 4; lane++) pairs[lane] = load_two(bytes + 32 * lane);
    for (bytes += 128, count -= 128; count >= 128; bytes += 128, count -= 128) {
        for (int lane = 0; lane < 4; lane++) pairs[lane] = fold_two(pairs[lane], factors, load_two(bytes + 32 * lane));
    }
    factors = _mm256_broadcastsi128_si256(load(by256));
    for (int lane = 1; lane < 4; lane++) pairs[lane] = fold_two(pairs[lane - 1], factors, pairs[lane]);
    block last = _mm256_extracti128_si256(pairs[3], 1);
    return finish(table, fold(_mm256_castsi256_si128(pairs[3]), load(by128), &last), bytes, count);
}
#endif

#endif

uint32_t csectorcoding_edc(const struct csectorcoding_tables *tables, const uint8_t *bytes, size_t count) {
#if defined(__x86_64__)
    if (tables->level >= CSECTORCODING_WIDE_CARRYLESS && count >= 128) {
        return edc_by_wide_folding(tables->edc, bytes, count);
    }
#endif
#ifdef CARRYLESS
    if (tables->level >= CSECTORCODING_CARRYLESS && count >= 64) return edc_by_folding(tables->edc, bytes, count);
#endif
    return edc_by_table(tables->edc, 0, bytes, count);
}
