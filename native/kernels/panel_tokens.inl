// Several tokens' ternary products by panels: the weights are unpacked once, a panel of rows and columns
// at a time, into the caller's scratch. Written once over what an instruction set's file defines:
//
//   kPanelRows, kPanelColumns   a panel's size: a multiple of kTileRows, a multiple of 128
//   kTileRows, kTileTokens      the largest tile
//   unpack_block(p, codes)      32 bytes to codes[128], in the order of the activations
//   tile_sums<R, T>(codes, code_stride, q, q_stride, n, sums, sum_stride)
//       sums[t * sum_stride + r] = sum over c < n of codes[r * code_stride + c] * q[t * q_stride + c],
//       exactly, for R rows (kTileRows or 1) and T tokens (1..kTileTokens); n is a multiple of 128, at
//       most kPanelColumns. It may write any 8 elements from a token's first sum on: the tiles of a
//       panel come in ascending order of rows. `codes` is aligned to 64 bytes, code_stride is a
//       multiple of 64; q has any alignment and is not read past its end.

#include "kernels/scaled_products.inl"

namespace {

constexpr uint64_t kSumStride = kPanelRows + 16;
constexpr uint64_t kCodeStride = kPanelColumns + 64;  // off the powers of two, which share cache sets
constexpr uint64_t kScratchBytes = kPanelRows * kCodeStride;
static_assert(kPanelRows % kTileRows == 0 && kPanelColumns % 128 == 0);

template <int T>
inline void panel_tokens(const TernaryMatrix* w, const QuantizedRows* a, uint64_t t,
                         const Columns& columns, const uint8_t* panel, uint64_t n_rows, float* y,
                         uint64_t y_stride) {
  alignas(64) int32_t sums[kTileTokens * kSumStride];
  // Else the stores below miss the caches one after the other.
  for (int j = 0; j < T; ++j) __builtin_prefetch(y + (t + j) * y_stride, 1);
  const int8_t* q = a->q + t * w->cols + columns.begin;
  uint64_t r = 0;
  const uint64_t share = columns.count * kTileRows / kPanelRows;  // of the next tokens' activations
  for (; r + kTileRows <= n_rows; r += kTileRows) {
    const int8_t* next = q + T * w->cols + r / kTileRows * share;
    for (int j = 0; j < T; ++j) {
      for (uint64_t c = 0; c < share; c += 64) __builtin_prefetch(next + j * w->cols + c, 0, 2);
    }
    tile_sums<kTileRows, T>(panel + r * kCodeStride, kCodeStride, q, w->cols, columns.count,
                            sums + r, kSumStride);
  }
  for (; r < n_rows; ++r) {
    tile_sums<1, T>(panel + r * kCodeStride, kCodeStride, q, w->cols, columns.count, sums + r,
                    kSumStride);
  }
  for (int j = 0; j < T; ++j) {
    finish_sums(w, a, t + j, columns, sums + j * kSumStride, n_rows, y + (t + j) * y_stride);
  }
}

// The last tokens, fewer than kTileTokens: T is the number to try.
template <int T>
inline void panel_last_tokens(const TernaryMatrix* w, const QuantizedRows* a, uint64_t t,
                              const Columns& columns, const uint8_t* panel, uint64_t n_rows,
                              float* y, uint64_t y_stride) {
  if (a->n_tokens - t == T) panel_tokens<T>(w, a, t, columns, panel, n_rows, y, y_stride);
  if constexpr (T > 1) panel_last_tokens<T - 1>(w, a, t, columns, panel, n_rows, y, y_stride);
}

void several_tokens(const TernaryMatrix* w, const QuantizedRows* a, uint64_t row_begin,
                    uint64_t row_end, float* y, uint64_t y_stride, void* scratch) {
  uint8_t* const panel = static_cast<uint8_t*>(scratch);
  const uint64_t row_bytes = w->cols / 4;
  for (uint64_t r = row_begin; r < row_end; r += kPanelRows) {
    const uint64_t n_rows = row_end - r < kPanelRows ? row_end - r : kPanelRows;
    for (uint64_t c = 0; c < w->cols; c += kPanelColumns) {
      const bool last = w->cols - c <= kPanelColumns;
      const Columns columns = {c, last ? w->cols - c : kPanelColumns, c == 0, last};
      for (uint64_t i = 0; i < n_rows; ++i) {
        const uint8_t* from = w->codes + (r + i) * row_bytes + c / 4;
        for (uint64_t b = 0; b < columns.count / 128; ++b) {
          unpack_block(from + b * 32, panel + i * kCodeStride + b * 128);
        }
      }
      uint64_t t = 0;
      for (; t + kTileTokens <= a->n_tokens; t += kTileTokens) {
        panel_tokens<kTileTokens>(w, a, t, columns, panel, n_rows, y + r, y_stride);
      }
      if constexpr (kTileTokens > 1) {
        panel_last_tokens<kTileTokens - 1>(w, a, t, columns, panel, n_rows, y + r, y_stride);
      }
    }
  }
}

}  // namespace
