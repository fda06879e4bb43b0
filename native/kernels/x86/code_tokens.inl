// Several tokens' ternary products with 256-bit registers, over the 2-bit codes themselves.
//
// A register of 32 bytes becomes four registers of codes, each of which meets eight tokens'
// activations. The shifts and masks go where no product can (on Zen 3, products take two of four
// pipes and their sums most of the rest), so that they cost next to nothing: on Zen 3 the loop alone
// runs at 99 % of multiply_adds' speed. Codes unpacked to memory first were read back at 91 % from the
// first cache level and at 78 % from the second, and with 8 tokens unpacking them took as long as the
// products.
//
// Activations lie in the scratch in the order in which the loop reads them: for each 128 columns, those
// of each token. They stay in the first cache level while the rows of a pass go by.
//
// An instruction set's file defines, besides what codes_avx2.inl has:
//   kBlocksPerSum                   how many blocks of products fit a sum
//   add_products(sum, codes, q)     *sum += products, at this very place
//   add_products(sum_a, sum_b, codes, q_a, q_b)   the same for two
//   widened(sum)                    the sum in 32-bit lanes

#include "kernels/scaled_products.inl"
#include "kernels/x86/token_tiles.inl"

namespace {

// Of one tile. Eight sums, codes, two products and the mask leave four registers free; ten tokens would
// take 25 KiB of a first cache level of 32 KiB.
constexpr uint64_t kMostTokens = 8;
// Activations of one tile: at most so many bytes, so that they stay in the first cache level.
constexpr uint64_t kScratchBytes = 8 * 2688;
// Rows that a tile passes over at a time. Their codes stay in the second cache level, hence the bytes,
// until the last token has met them; and for each pass the activations are arranged anew, so that more
// rows are better: 512 of 2560 columns take 2 % less time than 256.
constexpr uint64_t kMostPassRows = 512, kPassBytes = uint64_t{440} << 10;
// Rows whose sums are added up together.
constexpr uint64_t kPanelRows = 16;
// Columns of a block, and bytes of one token's activations for it.
constexpr uint64_t kBlockColumns = 128;
// Weights are fetched as many whole rows ahead as hold so many bytes. The addresses may lie past the
// weights: a prefetch never faults.
constexpr uint64_t kBytesAhead = 2560;

// Sums in lanes: lanes[r * T + t] = row r and token t, over `blocks` blocks of 128 columns.
template <int T>
BN_NO_INLINE void packed_lanes(const uint8_t* codes, uint64_t row_bytes, uint64_t n_rows,
                               const int8_t* q, uint64_t blocks, Bytes* lanes) {
  const uint64_t ahead = (kBytesAhead + row_bytes - 1) / row_bytes * row_bytes;
  for (uint64_t r = 0; r < n_rows; ++r, codes += row_bytes, lanes += T) {
    const uint8_t* block = codes;
    const int8_t* x = q;
    for (uint64_t done = 0; done < blocks;) {
      const uint64_t n = blocks - done > kBlocksPerSum ? kBlocksPerSum : blocks - done;
      Bytes sum[T];
      BN_UNROLL
      for (int t = 0; t < T; ++t) sum[t] = zero();
      for (uint64_t b = 0; b < n; ++b, block += 32, x += T * kBlockColumns) {
        __builtin_prefetch(block + ahead);
        const Bytes w = _mm256_loadu_si256(reinterpret_cast<const Bytes*>(block));
        BN_UNROLL
        for (int plane = 0; plane < 4; ++plane) {
          const Bytes c = plane_of(w, plane);
          const int8_t* p = x + 32 * plane;
          BN_UNROLL
          for (int t = 0; t + 1 < T; t += 2) {
            add_products(&sum[t], &sum[t + 1], c, p + t * kBlockColumns,
                         p + (t + 1) * kBlockColumns);
          }
          if (T % 2 == 1) add_products(&sum[T - 1], c, p + (T - 1) * kBlockColumns);
        }
      }
      BN_UNROLL
      for (int t = 0; t < T; ++t) {
        const Bytes s = widened(sum[t]);
        lanes[t] = done == 0 ? s : _mm256_add_epi32(lanes[t], s);
      }
      done += n;
    }
  }
}

// The totals of a group's lanes on top of sums[t * kMostPassRows + r], or in their place.
template <int T>
inline void add_totals(const Bytes* lanes, uint64_t n_rows, bool first, int32_t* sums) {
  for (int t = 0; t < T; ++t, ++lanes, sums += kMostPassRows) {
    uint64_t r = 0;
    for (; r + 4 <= n_rows; r += 4) {
      const Bytes* l = lanes + r * T;
      __m128i s = totals_of(l[0], l[T], l[2 * T], l[3 * T]);
      __m128i* const to = reinterpret_cast<__m128i*>(sums + r);
      if (!first) s = _mm_add_epi32(s, _mm_loadu_si128(to));
      _mm_storeu_si128(to, s);
    }
    for (; r < n_rows; ++r) {
      sums[r] = IntSum{lanes[r * T]}.total() + (first ? 0 : sums[r]);
    }
  }
}

template <int T>
inline void arrange_activations(const QuantizedRows* a, uint64_t cols, uint64_t t, uint64_t column,
                                uint64_t blocks, int8_t* arranged) {
  for (int j = 0; j < T; ++j) {
    const int8_t* from = a->q + (t + j) * cols + column;
    int8_t* to = arranged + j * kBlockColumns;
    for (uint64_t b = 0; b < blocks; ++b, from += kBlockColumns, to += T * kBlockColumns) {
      BN_UNROLL
      for (uint64_t i = 0; i < kBlockColumns; i += 32) {
        _mm256_store_si256(reinterpret_cast<Bytes*>(to + i), load_q(from + i));
      }
    }
  }
}

template <int T>
void packed_tile(const TernaryMatrix* w, const QuantizedRows* a, uint64_t t, uint64_t row,
                 uint64_t n_rows, float* y, uint64_t y_stride, int8_t* arranged) {
  alignas(64) Bytes lanes[kPanelRows * T];
  int32_t sums[T * kMostPassRows];
  const uint64_t blocks = w->cols / kBlockColumns, row_bytes = w->cols / 4;
  constexpr uint64_t kTileBlocks = kScratchBytes / (T * kBlockColumns);
  const uint64_t n_tiles = divide_up(blocks, kTileBlocks);
  const uint64_t tile_blocks = divide_up(blocks, n_tiles);
  for (uint64_t b = 0; b < blocks; b += tile_blocks) {
    const uint64_t n_blocks = blocks - b < tile_blocks ? blocks - b : tile_blocks;
    arrange_activations<T>(a, w->cols, t, b * kBlockColumns, n_blocks, arranged);
    for (uint64_t r = 0; r < n_rows; r += kPanelRows) {
      const uint64_t group = n_rows - r < kPanelRows ? n_rows - r : kPanelRows;
      packed_lanes<T>(w->codes + (row + r) * row_bytes + b * 32, row_bytes, group, arranged,
                      n_blocks, lanes);
      // With one tile of columns, the same few sums serve all rows.
      int32_t* const s = sums + (n_tiles == 1 ? 0 : r);
      add_totals<T>(lanes, group, b == 0, s);
      if (b + tile_blocks < blocks) continue;
      for (int j = 0; j < T; ++j) {
        scale_products(w, a, t + j, s + j * kMostPassRows, group, y + (t + j) * y_stride + row + r);
      }
    }
  }
}

// T is the number of tokens to try.
template <int T>
inline void packed_tile_of(uint64_t n, const TernaryMatrix* w, const QuantizedRows* a, uint64_t t,
                           uint64_t row, uint64_t n_rows, float* y, uint64_t y_stride,
                           int8_t* arranged) {
  if (n == T) return packed_tile<T>(w, a, t, row, n_rows, y, y_stride, arranged);
  if constexpr (T > 1) packed_tile_of<T - 1>(n, w, a, t, row, n_rows, y, y_stride, arranged);
}

void several_tokens(const TernaryMatrix* w, const QuantizedRows* a, uint64_t row_begin,
                    uint64_t row_end, float* y, uint64_t y_stride, void* scratch) {
  const uint64_t fit = kPassBytes / (w->cols / 4);
  const uint64_t most = fit < kPanelRows ? kPanelRows : fit < kMostPassRows ? fit : kMostPassRows;
  // Passes of about equal size.
  const uint64_t n_passes = divide_up(row_end - row_begin, most / kPanelRows * kPanelRows);
  for (uint64_t r = row_begin, left = n_passes; r < row_end; --left) {
    const uint64_t share = divide_up(divide_up(row_end - r, left), kPanelRows) * kPanelRows;
    const uint64_t n_rows = share < row_end - r ? share : row_end - r;
    for_each_tile(a->n_tokens, kMostTokens, [&](uint64_t t, uint64_t n) {
      packed_tile_of<kMostTokens>(n, w, a, t, r, n_rows, y, y_stride, static_cast<int8_t*>(scratch));
    });
    r += n_rows;
  }
}

}  // namespace
