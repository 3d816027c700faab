/// EDC, ECC and scrambling of data sectors (ECMA-130, 14 to 16, annexes A and B) with the vector instructions that the
/// processor turns out to have. No state: what is computed once stands in a structure that the caller keeps.
#ifndef CSECTORCODING_H
#define CSECTORCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Instructions beyond those that every processor of its architecture has.
enum csectorcoding_level {
    /// None: 128-bit vectors on x86-64 and arm64.
    CSECTORCODING_BASELINE = 0,
    /// Multiplication without carry: PCLMULQDQ on x86-64, PMULL on arm64.
    CSECTORCODING_CARRYLESS = 1,
    /// And vectors of 256 bits: AVX2.
    CSECTORCODING_WIDE = 2,
    /// And multiplication without carry on these: VPCLMULQDQ.
    CSECTORCODING_WIDE_CARRYLESS = 3,
};

/// Bytes of a sector that are scrambled: all behind the sync pattern.
#define CSECTORCODING_SCRAMBLED_BYTES 2340

/// What the functions below look up.
struct csectorcoding_tables {
    /// EDC of a byte value followed by 0…15 bytes of zero.
    uint32_t edc[16][256];
    /// CRC of a byte value in each of a Q frame's ten bytes, not inverted; those behind it are zero.
    uint16_t crc[10][256];
    /// A byte value's bits, the most significant first, in bit 6 of eight bytes.
    uint64_t spread[256];
    /// The scrambler's output.
    uint8_t scrambler[CSECTORCODING_SCRAMBLED_BYTES];
    /// Instructions that are used.
    enum csectorcoding_level level;
};

/// Fills the tables and chooses the highest level that the processor has and that is not above `limit`.
void csectorcoding_prepare(struct csectorcoding_tables *tables, enum csectorcoding_level limit);

/// The EDC of `count` bytes.
uint32_t csectorcoding_edc(const struct csectorcoding_tables *tables, const uint8_t *bytes, size_t count);

/// Writes the P parity of a sector of 2352 bytes, 172 bytes, to `parity`, which may be its place in the sector. The
/// header counts as zero when `form1` is set.
void csectorcoding_p_parity(
    const struct csectorcoding_tables *tables, const uint8_t *sector, bool form1, uint8_t *parity);

/// Writes the Q parity of a sector of 2352 bytes whose P parity stands, 104 bytes, to `parity`, which may be its place in
/// the sector.
void csectorcoding_q_parity(
    const struct csectorcoding_tables *tables, const uint8_t *sector, bool form1, uint8_t *parity);

/// Which parity does not fit the rest of a sector of 2352 bytes: bit 0 set for P, bit 1 for Q.
unsigned csectorcoding_parity_defects(const struct csectorcoding_tables *tables, const uint8_t *sector, bool form1);

/// The CRC of a Q frame's ten bytes, not inverted: `head` is the first eight, the first the most significant, `tail` two.
uint16_t csectorcoding_crc(const struct csectorcoding_tables *tables, uint64_t head, uint16_t tail);

/// Writes P, the same in all bits, and the twelve bytes of Q into 96 bytes of sub-channel. Of R to W the bits that `kept`
/// has stay, the others become zero.
void csectorcoding_pack(
    const struct csectorcoding_tables *tables, bool p, const uint8_t *q, uint8_t kept, uint8_t *channels);

/// Scrambles `count` sectors of 2352 bytes in place, or undoes it.
void csectorcoding_scramble(const struct csectorcoding_tables *tables, uint8_t *sectors, size_t count);

#endif
