// Several tokens' ternary products with a row in each 32-bit lane.
//
// Codes are transposed, so that a register holds four columns of as many rows as it has lanes. It meets
// four activations of a token, copied to every lane, and a row's sum grows in one lane: nothing has to be added
// up at the end, and results lie side by side as they are stored.
//
// Few tokens meet the codes as they are transposed. For more, a panel of rows is transposed and unpacked
// into the caller's scratch once, and tiles pass over it that are as large as the registers allow. On Zen 5
// eight tokens so take 75 to 82 % of multiply_adds' speed and 512 take 93 to 95 %, where panels unpacked row by
// row, lanes added up at the end, took 48 to 54 and 77 to 84.
//
// An instruction set's files define:
//   Bytes                          a register
//   zero(), load_codes(p), store_codes(p, codes)   p aligned to the register
//   rows_apart(p, apart)           16 bytes each at p, p + apart, p + 2 * apart...: as many as fit
//   low_dwords(a, b), high_dwords(a, b), low_qwords(a, b), high_qwords(a, b)
//                                  of each 16 bytes of two registers, taken in turns
//   copies_of(p)                   the 4 bytes at p in every lane
//   plane_of(w, plane)             the codes of one of the four planes of bytes w
//   add_products(sum, codes, q), widened(sum)
//   add_to(p, sum)                 32-bit lanes on top of those at p, aligned
//   kColumnsPerSum                 a multiple of 128: columns that a sum takes before it is widened
//   kTileTokens                    of a tile over a panel, two registers of rows high
//   kFewRegisters, kFewSums        registers of rows that few tokens meet at a time, and their sums at most

#include "kernels/scaled_products.inl"
#include "kernels/x86/token_tiles.inl"

namespace {

constexpr uint64_t kLanes = sizeof(Bytes) / sizeof(int32_t);
constexpr uint64_t kPanelRows = 2 * kLanes;
// A panel stays in the second cache level, 216 KiB of it with 512 bits, while the activations pass by. So
// wide that the usual matrices need no second panel for their columns, whose sums go to memory and back.
constexpr uint64_t kPanelColumns = 6912;
constexpr uint64_t kScratchBytes = kPanelRows * kPanelColumns;
// From the second level to the first.
constexpr uint64_t kBytesAhead = 512;
static_assert(kPanelColumns % 128 == 0 && kColumnsPerSum % 128 == 0);

// Tokens of a tile without a panel; and so many are taken in tiles of that kind.
constexpr uint64_t kFewTileTokens = 8, kMostFewTokens = 24;
constexpr uint64_t kFewRows = kFewRegisters * kLanes;

// 16 bytes of each row: column[i] holds bytes 4 * i to 4 * i + 3 of every row.
struct Transposed {
  Bytes column[4];
};

inline Transposed transpose(Bytes rows0, Bytes rows1, Bytes rows2, Bytes rows3) {
  const Bytes low01 = low_dwords(rows0, rows1), high01 = high_dwords(rows0, rows1);
  const Bytes low23 = low_dwords(rows2, rows3), high23 = high_dwords(rows2, rows3);
  return {{low_qwords(low01, low23), high_qwords(low01, low23), low_qwords(high01, high23),
           high_qwords(high01, high23)}};
}

// Of rows that follow each other.
inline Transposed transposed_rows(const uint8_t* codes, uint64_t row_bytes) {
  const uint64_t apart = 4 * row_bytes;
  return transpose(rows_apart(codes, apart), rows_apart(codes + row_bytes, apart),
                   rows_apart(codes + 2 * row_bytes, apart), rows_apart(codes + 3 * row_bytes, apart));
}

// Activations of up to twelve tokens. x86 adds one or two registers to make an address, so that six do for
// them all.
struct Activations {
  const int8_t *from0, *from4, *from8;
  uint64_t token, two, three;

  Activations(const int8_t* q, uint64_t cols)
      : from0(q), from4(q + 4 * cols), from8(q + 8 * cols), token(cols), two(2 * cols), three(3 * cols) {}
  // Four of token t, from column c on.
  Bytes copies(int t, int c) const {
    const int8_t* p = (t < 4 ? from0 : t < 8 ? from4 : from8) + c;
    return copies_of(p + (t % 4 == 0 ? 0 : t % 4 == 1 ? token : t % 4 == 2 ? two : three));
  }
  void advance(uint64_t columns) {
    from0 += columns;
    from4 += columns;
    from8 += columns;
  }
};

// ---- few tokens ----

// sums[t * kFewRows + r] += the products of `blocks` blocks of rows that follow each other.
template <int T>
BN_NO_INLINE void few_tokens_sums(const uint8_t* codes, uint64_t row_bytes, uint64_t blocks,
                                  const int8_t* q, uint64_t cols, int32_t* sums) {
  // As many sums of a row, added up at the end, as the units need to work on side by side.
  constexpr int kFew = kFewSums / (static_cast<int>(kFewRegisters) * T);
  constexpr int kParts = kFew >= 4 ? 4 : kFew >= 2 ? 2 : 1;
  constexpr int kR = kFewRegisters;
  Activations x(q, cols);
  uint64_t b = 0;
  do {
    const uint64_t end = blocks - b > kColumnsPerSum / 128 ? b + kColumnsPerSum / 128 : blocks;
    Bytes sum[kParts][kR][T];
    BN_UNROLL
    for (int part = 0; part < kParts; ++part) {
      BN_UNROLL
      for (int i = 0; i < kR; ++i) {
        BN_UNROLL
        for (int t = 0; t < T; ++t) sum[part][i][t] = zero();
      }
    }
    for (; b < end; ++b, x.advance(96)) {
      for (uint64_t half = 0; half < 2; ++half, codes += 16, x.advance(16)) {
        // A quarter of the rows after these, for each quarter of a line.
        const uint64_t quarter = kFewRows / 4, first = kFewRows + (b % 2 * 2 + half) * quarter;
        BN_UNROLL
        for (uint64_t r = 0; r < quarter; ++r) __builtin_prefetch(codes + (first + r) * row_bytes);
        Transposed rows[kR];
        BN_UNROLL
        for (int i = 0; i < kR; ++i) rows[i] = transposed_rows(codes + i * kLanes * row_bytes, row_bytes);
        BN_UNROLL
        for (int plane = 0; plane < 4; ++plane) {
          BN_UNROLL
          for (int j = 0; j < 4; ++j) {
            Bytes c[kR];
            BN_UNROLL
            for (int i = 0; i < kR; ++i) c[i] = plane_of(rows[i].column[j], plane);
            BN_UNROLL
            for (int t = 0; t < T; ++t) {
              Bytes four = x.copies(t, plane * 32 + j * 4);
              BN_OPAQUE(four);
              BN_UNROLL
              for (int i = 0; i < kR; ++i) {
                Bytes& s = sum[j % kParts][i][t];
                s = add_products(s, c[i], four);
                BN_OPAQUE(s);
              }
            }
          }
        }
      }
    }
    BN_UNROLL
    for (int t = 0; t < T; ++t) {
      BN_UNROLL
      for (int i = 0; i < kR; ++i) {
        BN_UNROLL
        for (int part = 0; part < kParts; ++part) {
          add_to(sums + t * kFewRows + i * kLanes, widened(sum[part][i][t]));
        }
      }
    }
  } while (b < blocks);
}

// n tokens from t on; T is the number to try.
template <int T>
inline void few_tokens(uint64_t n, const TernaryMatrix* w, const QuantizedRows* a, uint64_t t,
                       uint64_t row, float* y, uint64_t y_stride) {
  if (n == T) {
    alignas(64) int32_t sums[T * kFewRows] = {};
    const uint64_t row_bytes = w->cols / 4;
    few_tokens_sums<T>(w->codes + row * row_bytes, row_bytes, w->cols / 128, a->q + t * w->cols, w->cols,
                       sums);
    for (int j = 0; j < T; ++j) {
      scale_products(w, a, t + j, sums + j * kFewRows, kFewRows, y + (t + j) * y_stride + row);
    }
    return;
  }
  if constexpr (T > 2) few_tokens<T - 1>(n, w, a, t, row, y, y_stride);
}

// ---- panels ----
//
// A panel holds, for every four columns, the codes of its rows, a byte each.

// A panel of n_rows rows, filled up with copies of the last.
inline void unpack_panel(const uint8_t* codes, uint64_t row_bytes, uint64_t n_rows, uint64_t blocks,
                         uint8_t* panel) {
  for (uint64_t b = 0; b < blocks; ++b, panel += 128 * kPanelRows) {
    for (uint64_t i = 0; i < 2; ++i) {
      for (uint64_t half = 0; half < 2; ++half) {
        const uint8_t* const from = codes + b * 32 + half * 16;
        Transposed rows;
        if (n_rows == kPanelRows) {
          rows = transposed_rows(from + i * kLanes * row_bytes, row_bytes);
        } else {
          alignas(64) uint8_t copy[kLanes * 16];
          for (uint64_t r = 0; r < kLanes; ++r) {
            const uint64_t row = i * kLanes + r < n_rows ? i * kLanes + r : n_rows - 1;
            __builtin_memcpy(copy + r * 16, from + row * row_bytes, 16);
          }
          rows = transposed_rows(copy, 16);
        }
        uint8_t* const to = panel + (half * 4 * 2 + i) * sizeof(Bytes);
        BN_UNROLL
        for (int plane = 0; plane < 4; ++plane) {
          BN_UNROLL
          for (int j = 0; j < 4; ++j) {
            store_codes(to + (plane * 8 + j) * 2 * sizeof(Bytes), plane_of(rows.column[j], plane));
          }
        }
      }
    }
  }
}

// sums[t * kPanelRows + r] += the products of a panel of n columns.
template <int T>
BN_NO_INLINE void panel_sums(const uint8_t* panel, uint64_t n, const int8_t* q, uint64_t cols,
                             int32_t* sums) {
  Activations x(q, cols);
  uint64_t c = 0;
  do {
    const uint64_t end = n - c > kColumnsPerSum ? c + kColumnsPerSum : n;
    Bytes sum[2][T];
    BN_UNROLL
    for (int t = 0; t < T; ++t) sum[0][t] = sum[1][t] = zero();
    for (; c < end; c += 4, panel += 2 * sizeof(Bytes), x.advance(4)) {
      // The CPU by itself is late: 2 % of a prompt on Zen 5. It may be past the panel, which never faults.
      __builtin_prefetch(panel + kBytesAhead);
      if (sizeof(Bytes) == 64) __builtin_prefetch(panel + kBytesAhead + 64);
      const Bytes codes0 = load_codes(panel), codes1 = load_codes(panel + sizeof(Bytes));
      BN_UNROLL
      for (int t = 0; t < T; ++t) {
        Bytes four = x.copies(t, 0);
        BN_OPAQUE(four);
        sum[0][t] = add_products(sum[0][t], codes0, four);
        BN_OPAQUE(sum[0][t]);
        sum[1][t] = add_products(sum[1][t], codes1, four);
        BN_OPAQUE(sum[1][t]);
      }
    }
    BN_UNROLL
    for (int t = 0; t < T; ++t) {
      add_to(sums + t * kPanelRows, widened(sum[0][t]));
      add_to(sums + t * kPanelRows + kLanes, widened(sum[1][t]));
    }
  } while (c < n);
}

// n tokens from t on, whose y holds their sums over the columns before. T is the number to try.
template <int T>
inline void panel_tokens(uint64_t n, const TernaryMatrix* w, const QuantizedRows* a, uint64_t t,
                         const Columns& columns, const uint8_t* panel, uint64_t n_rows, float* y,
                         uint64_t y_stride) {
  if (n == T) {
    alignas(64) int32_t sums[T * kPanelRows] = {};
    panel_sums<T>(panel, columns.count, a->q + t * w->cols + columns.begin, w->cols, sums);
    for (int j = 0; j < T; ++j) {
      finish_sums(w, a, t + j, columns, sums + j * kPanelRows, n_rows, y + (t + j) * y_stride);
    }
    return;
  }
  if constexpr (T > 1) {
    panel_tokens<T - 1>(n, w, a, t, columns, panel, n_rows, y, y_stride);
  }
}

// ---- both ----

void several_tokens(const TernaryMatrix* w, const QuantizedRows* a, uint64_t row_begin,
                    uint64_t row_end, float* y, uint64_t y_stride, void* scratch) {
  uint8_t* const panel = static_cast<uint8_t*>(scratch);
  const uint64_t row_bytes = w->cols / 4;
  // Of the next panel's codes, which each tile asks for a part of.
  const uint64_t share = kPanelRows * row_bytes / divide_up(a->n_tokens, kTileTokens);
  uint64_t r = row_begin;
  if (a->n_tokens <= kMostFewTokens) {
    for (; r + kFewRows <= row_end; r += kFewRows) {
      for_each_tile(a->n_tokens, kFewTileTokens, [&](uint64_t t, uint64_t n) {
        few_tokens<kFewTileTokens>(n, w, a, t, r, y, y_stride);
      });
    }
  }
  for (; r < row_end; r += kPanelRows) {
    const uint64_t n_rows = row_end - r < kPanelRows ? row_end - r : kPanelRows;
    const uint8_t* next = w->codes + (r + kPanelRows) * row_bytes;
    for (uint64_t c = 0; c < w->cols; c += kPanelColumns) {
      const bool last = w->cols - c <= kPanelColumns;
      const Columns columns = {c, last ? w->cols - c : kPanelColumns, c == 0, last};
      unpack_panel(w->codes + r * row_bytes + c / 4, row_bytes, n_rows, columns.count / 128, panel);
      for_each_tile(a->n_tokens, kTileTokens, [&](uint64_t t, uint64_t n) {
        for (uint64_t i = 0; i < share; i += 64, next += 64) __builtin_prefetch(next, 0, 2);
        panel_tokens<kTileTokens>(n, w, a, t, columns, panel, n_rows, y + r, y_stride);
      });
    }
  }
}

}  // namespace
