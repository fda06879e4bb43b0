// The ternary product, written once over Codes and Sum, which an instruction set's file defines:
//   Codes::load(p)       unpacks one block: 32 bytes, 128 codes 0..3
//   Sum::zero()
//   sum.add(codes, q)    adds the products of 128 codes with q[128]
//   sum.widen()          called after every kBlocksPerWiden blocks and at the end
//   sum.total()          the sum of code * q so far, exact
// The weights' unpacking is shared by T tokens, the activations' loads by R rows.

namespace {

// A single token reads its weights once, at the speed of memory. One row after the other they are one
// stream; the CPU's own prefetcher stops at every page and does not look far enough ahead (measured on
// Zen 3: 6 GB/s without this, 12 to 13 with it, where plain reading reaches 16). The address may lie
// past the weights: a prefetch never faults.
constexpr uint64_t kPrefetchBytes = 2048;

template <int R, int T>
inline void ternary_tile(const uint8_t* codes, uint64_t row_bytes, const int8_t* q, uint64_t cols,
                         int32_t* out) {
  Sum sum[R][T];
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) sum[r][t] = Sum::zero();
  }
  const uint64_t blocks = cols / 128;
  for (uint64_t b = 0; b < blocks;) {
    const uint64_t end = blocks - b > kBlocksPerWiden ? b + kBlocksPerWiden : blocks;
    for (; b < end; ++b) {
      BN_UNROLL
      for (int r = 0; r < R; ++r) {
        const uint8_t* block = codes + r * row_bytes + b * 32;
        if constexpr (T == 1) __builtin_prefetch(block + kPrefetchBytes);
        const Codes c = Codes::load(block);
        BN_UNROLL
        for (int t = 0; t < T; ++t) sum[r][t].add(c, q + t * cols + b * 128);
      }
    }
    BN_UNROLL
    for (int r = 0; r < R; ++r) {
      BN_UNROLL
      for (int t = 0; t < T; ++t) sum[r][t].widen();
    }
  }
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) out[r * T + t] = sum[r][t].total();
  }
}

// R rows from row r and T tokens from token t, to y.
template <int R, int T>
inline void ternary_step(const TernaryMatrix* w, const QuantizedRows* a, uint64_t r, uint64_t t,
                         float* y, uint64_t y_stride) {
  const uint64_t row_bytes = w->cols / 4;
  int32_t sums[R * T];
  ternary_tile<R, T>(w->codes + r * row_bytes, row_bytes, a->q + t * w->cols, w->cols, sums);
  for (int i = 0; i < R; ++i) {
    for (int j = 0; j < T; ++j) {
      // The weight is code - 1, so one sum of q comes off the sum of code * q.
      const int32_t acc = sums[i * T + j] - a->sums[t + j];
      y[(t + j) * y_stride + r + i] = (static_cast<float>(acc) / a->scales[t + j]) * w->scale;
    }
  }
}

template <int R, int T>
inline void ternary_rows(const TernaryMatrix* w, const QuantizedRows* a, uint64_t row_begin,
                         uint64_t row_end, uint64_t t, float* y, uint64_t y_stride) {
  uint64_t r = row_begin;
  for (; r + R <= row_end; r += R) ternary_step<R, T>(w, a, r, t, y, y_stride);
  for (; r < row_end; ++r) ternary_step<1, T>(w, a, r, t, y, y_stride);
}

void ternary_matmul_kernel(const TernaryMatrix* w, const QuantizedRows* a, uint64_t row_begin,
                           uint64_t row_end, float* y, uint64_t y_stride) {
  uint64_t t = 0;
  for (; t + kTileTokens <= a->n_tokens; t += kTileTokens) {
    ternary_rows<kTileRows, kTileTokens>(w, a, row_begin, row_end, t, y, y_stride);
  }
  for (; t < a->n_tokens; ++t) {
    ternary_rows<1, 1>(w, a, row_begin, row_end, t, y, y_stride);
  }
}

}  // namespace
