#include <string.h>

#include "Attributes.h"
#include "CSectorCoding.h"

// Bytes of a vector are columns (P) or diagonals (Q) of one plane each, all computed side by side; a code word runs from
// vector to vector. Where the compiler has no vectors of 32 bytes it takes two of sixteen.

typedef uint8_t vector __attribute__((vector_size(32)));
typedef int8_t signed_vector __attribute__((vector_size(32)));
typedef uint16_t words __attribute__((vector_size(32)));

enum {
    vector_bytes = 32,
    half_bytes = 16,
    header_offset = 12,
    header_bytes = 4,
    row_bytes = 86,
    p_rows = 24,
    p_groups = 3,
    q_rows = 26,
    q_columns = 43,
    q_groups = 2,
    q_row_bytes = 2 * q_rows,
    /// Distance of the transposed matrix's rows, which hold every column twice.
    q_stride = 128,
};

/// Where the vectors of a row begin; the last overlaps the one before.
static const int p_starts[p_groups] = {0, vector_bytes, row_bytes - vector_bytes};
static const int q_starts[q_groups] = {0, q_row_bytes - vector_bytes};

/// Of the bytes vᵢ so far: their sum, and the sum of v·(1+2+…+2ᵐ), m from the byte to the latest, in GF(2⁸).
///
/// With its two bytes of parity a code word has Σ v = 0 and Σ 2ᵐ·v = 0. The first is therefore Σ (2ᵐ+1)·v / 3 over the
/// others, which is this weighted sum, since (2ᵐ+1) / 3 = 1+2+…+2ᵐ⁻¹; the second makes up the plain sum.
struct sums {
    vector plain, weighted;
};

/// Takes in a byte of every code word: x⁸+x⁴+x³+x²+1 is the field's polynomial.
BODY void add(struct sums *sums, vector *value) {
    sums->plain ^= *value;
    vector carried = (vector)((signed_vector)sums->weighted < 0) & 0x1D;
    sums->weighted = (sums->weighted + sums->weighted) ^ carried ^ sums->plain;
}

BODY void add_row(struct sums *sums, int groups, const int *starts, const uint8_t *row) {
    for (int group = 0; group < groups; group++) {
        vector value;
        memcpy(&value, row + starts[group], sizeof value);
        add(&sums[group], &value);
    }
}

/// Both bytes of parity of every code word, the second `distance` behind the first.
BODY void write_parity(struct sums *sums, int groups, const int *starts, uint8_t *parity, int distance) {
    for (int group = 0; group < groups; group++) {
        vector none = {0};
        add(&sums[group], &none);
        sums[group].plain ^= sums[group].weighted;
        memcpy(parity + starts[group], &sums[group].weighted, vector_bytes);
        memcpy(parity + distance + starts[group], &sums[group].plain, vector_bytes);
    }
}

BODY void p_parity(const uint8_t *sector, bool form1, uint8_t *parity) {
    const uint8_t *row = sector + header_offset;
    uint8_t first_row[row_bytes];
    memcpy(first_row, row, sizeof first_row);
    if (form1) memset(first_row, 0, header_bytes);
    struct sums sums[p_groups] = {0};
    add_row(sums, p_groups, p_starts, first_row);
    for (int index = 1; index < p_rows; index++) add_row(sums, p_groups, p_starts, row + index * row_bytes);
    write_parity(sums, p_groups, p_starts, parity, row_bytes);
}

/// Sixteen rows of eight words to columns, the upper eight rows in the lower halves of vectors: the words' numbers, six
/// bits in a half, are turned by one bit in each of three rounds.
BODY void transpose(const uint8_t *block, uint8_t *target) {
    words rows[8], turned[8];
    for (int row = 0; row < 8; row++) {
        memcpy(&rows[row], block + row * row_bytes, half_bytes);
        memcpy((uint8_t *)&rows[row] + half_bytes, block + (row + 8) * row_bytes, half_bytes);
    }
    for (int round = 0; round < 3; round++) {
        for (int row = 0; row < 4; row++) {
            turned[2 * row] = __builtin_shufflevector(
                rows[row], rows[row + 4], 0, 16, 1, 17, 2, 18, 3, 19, 8, 24, 9, 25, 10, 26, 11, 27);
            turned[2 * row + 1] = __builtin_shufflevector(
                rows[row], rows[row + 4], 4, 20, 5, 21, 6, 22, 7, 23, 12, 28, 13, 29, 14, 30, 15, 31);
        }
        for (int row = 0; row < 8; row++) rows[row] = turned[row];
    }
    for (int row = 0; row < 8; row++) {
        memcpy(target + row * q_stride, &rows[row], vector_bytes);
        memcpy(target + row * q_stride + q_row_bytes, &rows[row], vector_bytes);
    }
}

/// Diagonal d takes from column k the word of row (k + d) mod 26. With each column twice in a row of its own, those of all
/// diagonals stand side by side from word k mod 26 on.
BODY void q_parity(const uint8_t *sector, bool form1, uint8_t *parity) {
    uint8_t columns[q_columns * q_stride];
    // The last blocks overlap those before.
    static const int row_starts[] = {0, q_rows - 16}, column_starts[] = {0, 8, 16, 24, 32, q_columns - 8};
    for (int across = 0; across < 6; across++) {
        for (int down = 0; down < 2; down++) {
            const uint8_t *block = sector + header_offset + row_starts[down] * row_bytes + 2 * column_starts[across];
            transpose(block, columns + column_starts[across] * q_stride + 2 * row_starts[down]);
        }
    }
    // The header is the first word of the first two columns.
    for (int column = 0; form1 && column < header_bytes / 2; column++) {
        memset(columns + column * q_stride, 0, 2);
        memset(columns + column * q_stride + q_row_bytes, 0, 2);
    }
    struct sums sums[q_groups] = {0};
    for (int column = 0; column < q_columns; column++) {
        add_row(sums, q_groups, q_starts, columns + column * q_stride + 2 * (column % q_rows));
    }
    write_parity(sums, q_groups, q_starts, parity, q_row_bytes);
}

WIDE static void wide_p_parity(const uint8_t *sector, bool form1, uint8_t *parity) { p_parity(sector, form1, parity); }

WIDE static void wide_q_parity(const uint8_t *sector, bool form1, uint8_t *parity) { q_parity(sector, form1, parity); }

void csectorcoding_p_parity(
    const struct csectorcoding_tables *tables, const uint8_t *sector, bool form1, uint8_t *parity) {
    if (tables->level >= CSECTORCODING_WIDE) {
        wide_p_parity(sector, form1, parity);
    } else {
        p_parity(sector, form1, parity);
    }
}

void csectorcoding_q_parity(
    const struct csectorcoding_tables *tables, const uint8_t *sector, bool form1, uint8_t *parity) {
    if (tables->level >= CSECTORCODING_WIDE) {
        wide_q_parity(sector, form1, parity);
    } else {
        q_parity(sector, form1, parity);
    }
}

unsigned csectorcoding_parity_defects(const struct csectorcoding_tables *tables, const uint8_t *sector, bool form1) {
    enum { p_offset = 2076, p_bytes = 2 * row_bytes, q_offset = p_offset + p_bytes, q_bytes = 2 * q_row_bytes };
    uint8_t p[p_bytes], q[q_bytes];
    csectorcoding_p_parity(tables, sector, form1, p);
    csectorcoding_q_parity(tables, sector, form1, q);
    unsigned p_defect = memcmp(p, sector + p_offset, p_bytes) != 0, q_defect = memcmp(q, sector + q_offset, q_bytes) != 0;
    return p_defect | q_defect << 1;
}
