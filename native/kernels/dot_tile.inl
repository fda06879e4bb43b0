// Dot products of several rows and several inputs at once, in the lane order of ARITHMETIC.md.
#pragma once

#include "kernels/element_types.inl"

namespace {

// The lane sum's end: adds the last n products, 0 < n < 16, to their own lanes only, then folds. (Padding
// with zeros would not do: it turns a lane of -0 into +0.)
inline float fold_with_tail(V lanes, V a, V b, uint64_t n) {
  float l[16], x[16], y[16];
  lanes.store(l);
  a.store(x);
  b.store(y);
  for (uint64_t j = 0; j < n; ++j) l[j] = fma32(x[j], y[j], l[j]);
  return V::load(l).fold();
}

// A row of single elements, of weights or of the KV cache: load(i) is elements i..i+15, part(i, n) the
// n < 16 from i on.
template <typename E>
struct PlainRow {
  const unsigned char* p;
  static uint64_t bytes(uint64_t n) { return n * E::kBlockBytes; }
  static uint64_t byte_of(uint64_t i) { return i * E::kBlockBytes; }
  PlainRow() = default;
  PlainRow(const unsigned char* row, uint64_t) : p(row) {}
  V load(uint64_t i) const { return E::load(p + i * E::kBlockBytes); }
  V part(uint64_t i, uint64_t n) const { return load_part_of<E>(p + i * E::kBlockBytes, n); }
};

// out[r * T + t] = dot(rows[r], row t of x) over n elements, for R rows and T rows of x. Each product's
// lanes are one V; R * T of them are in flight because one alone waits for its own fma.
template <typename Row, int R, int T>
inline void dot_tile(const Row (&rows)[R], const float* x, uint64_t x_stride, uint64_t n,
                     float* out) {
  V acc[R][T];
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) acc[r][t] = V::zero();
  }
  uint64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    BN_UNROLL
    for (int r = 0; r < R; ++r) {
      const V row = rows[r].load(i);
      BN_UNROLL
      for (int t = 0; t < T; ++t) {
        acc[r][t] = V::fma(row, V::load(x + t * x_stride + i), acc[r][t]);
      }
    }
  }
  const uint64_t rest = n - i;
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; ++t) {
      out[r * T + t] = rest == 0
                           ? acc[r][t].fold()
                           : fold_with_tail(acc[r][t], rows[r].part(i, rest),
                                            load_part(x + t * x_stride + i, rest), rest);
    }
  }
}

// The same for rows of single elements, row_bytes apart, n a multiple of 16, T of 4. Lanes do not touch each
// other before the end, so one register of each V is taken at a time: that leaves room for more sums
// in flight, and four of them are folded together.
template <typename E, int R, int T>
BN_NO_INLINE void dot_tile_in_parts(const unsigned char* rows, uint64_t row_bytes, const float* x,
                              uint64_t x_stride, uint64_t n, float* out) {
  static_assert(T % 4 == 0);
  constexpr int kParts = 16 / kPartLanes;
  Part lanes[R][T][kParts];
  BN_UNROLL
  for (int part = 0; part < kParts; ++part) {
    Part acc[R][T];
    BN_UNROLL
    for (int r = 0; r < R; ++r) {
      BN_UNROLL
      for (int t = 0; t < T; ++t) acc[r][t] = Part::zero();
    }
    for (uint64_t i = part * kPartLanes; i < n; i += 16) {
      Part row[R];
      BN_UNROLL
      for (int r = 0; r < R; ++r) row[r] = E::load_part(rows + r * row_bytes + i * E::kBlockBytes);
      BN_UNROLL
      for (int t = 0; t < T; ++t) {
        const Part input = Part::load(x + t * x_stride + i);
        BN_UNROLL
        for (int r = 0; r < R; ++r) acc[r][t] = Part::fma(row[r], input, acc[r][t]);
      }
    }
    BN_UNROLL
    for (int r = 0; r < R; ++r) {
      BN_UNROLL
      for (int t = 0; t < T; ++t) lanes[r][t][part] = acc[r][t];
    }
  }
  BN_UNROLL
  for (int r = 0; r < R; ++r) {
    BN_UNROLL
    for (int t = 0; t < T; t += 4) {
      V::fold_four(whole(lanes[r][t]), whole(lanes[r][t + 1]), whole(lanes[r][t + 2]),
                   whole(lanes[r][t + 3]), out + r * T + t);
    }
  }
}

}  // namespace
