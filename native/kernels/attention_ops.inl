// Attention of one KV head's group of query heads over the keys and values of a run of positions.
#pragma once

#include "kernels/dot_tile.inl"
#include "kernels/float_ops.inl"

namespace {

// A row of the type Q8_0: the F16 scales of every 32 elements (the last may be fewer), then the
// elements' bytes.
struct Q8Row {
  const unsigned char *scales, *q;
  static uint64_t scale_bytes(uint64_t head_dim) { return (head_dim + 31) / 32 * 2; }
  static uint64_t bytes(uint64_t head_dim) { return scale_bytes(head_dim) + head_dim; }
  static uint64_t byte_of(uint64_t i) { return i; }  // nearly: the scales shift it
  Q8Row(const unsigned char* row, uint64_t head_dim)
      : scales(row), q(row + scale_bytes(head_dim)) {}
  V load(uint64_t i) const {
    return V::mul(V::broadcast_f16(scales + i / 32 * 2), V::load_i8(q + i));
  }
  V part(uint64_t i, uint64_t n) const {
    unsigned char bytes[16] = {};
    __builtin_memcpy(bytes, q + i, n);
    return V::mul(V::broadcast_f16(scales + i / 32 * 2), V::load_i8(bytes));
  }
};

// Asks for the cache lines of a row's bytes.
inline void prefetch_row(const void* rows, uint64_t byte, uint64_t row_bytes) {
  for (uint64_t i = 0; i < row_bytes; i += 64) __builtin_prefetch(at(rows, byte + i), 0, 2);
}

template <typename Row>
void scores_of(const float* q, uint64_t n_heads, uint64_t head_dim, const void* k, uint64_t first,
               uint64_t n_positions, const void* next, float scale, float* scores,
               uint64_t stride) {
  const uint64_t row_bytes = Row::bytes(head_dim);
  for (uint64_t t = first; t < n_positions; ++t) {
    prefetch_row(next, t * row_bytes, row_bytes);
    const Row row[1] = {Row(at(k, t * row_bytes), head_dim)};
    float out[4];
    uint64_t h = 0;
    for (; h + 4 <= n_heads; h += 4) {
      dot_tile<Row, 1, 4>(row, q + h * head_dim, head_dim, head_dim, out);
      for (uint64_t j = 0; j < 4; ++j) scores[(h + j) * stride + t] = out[j] * scale;
    }
    for (; h < n_heads; ++h) {
      dot_tile<Row, 1, 1>(row, q + h * head_dim, head_dim, head_dim, out);
      scores[h * stride + t] = out[0] * scale;
    }
  }
}

// Scores of as many positions as make whole tiles, four heads and whole rows of V; returns how many. A row
// of next has next_row_bytes.
template <typename E>
uint64_t scores_in_tiles(const float* q, uint64_t n_heads, uint64_t head_dim, const void* k,
                         uint64_t n_positions, const void* next, uint64_t next_row_bytes,
                         float scale, float* scores, uint64_t stride) {
  if (head_dim % 16 != 0 || n_heads % 4 != 0) return 0;
  const uint64_t row_bytes = head_dim * E::kBlockBytes;
  uint64_t t = 0;
  for (; t + 4 <= n_positions; t += 4) {
    for (uint64_t h = 0; h < n_heads; h += 4) {
      float out[16];  // [position][head]: one V
      for (uint64_t i = 0; i < 4; i += 2) {
        if (h == 0) prefetch_row(next, (t + i) * next_row_bytes, 2 * next_row_bytes);
        dot_tile_in_parts<E, 2, 4>(at(k, (t + i) * row_bytes), row_bytes, q + h * head_dim,
                                   head_dim, head_dim, out + 4 * i);
      }
      BN_UNROLL
      for (uint64_t j = 0; j < 4; ++j) {
        float* to = scores + (h + j) * stride + t;
        BN_UNROLL
        for (int i = 0; i < 4; ++i) to[i] = out[4 * i + j] * scale;
      }
    }
  }
  return t;
}

// The same for rows of type Q8_0, opened to floats first, which is exact.
uint64_t q8_scores_in_tiles(const float* q, uint64_t n_heads, uint64_t head_dim, const void* k,
                            uint64_t n_positions, const void* next, float scale, float* scores,
                            uint64_t stride) {
  constexpr uint64_t kMostColumns = 256, kRows = 4;
  if (head_dim % 16 != 0 || head_dim > kMostColumns || n_heads % 4 != 0) return 0;
  const uint64_t row_bytes = Q8Row::bytes(head_dim);
  float open[kRows * kMostColumns];
  uint64_t t = 0;
  for (; t + kRows <= n_positions; t += kRows) {
    for (uint64_t r = 0; r < kRows; ++r) {
      const Q8Row row(at(k, (t + r) * row_bytes), head_dim);
      for (uint64_t i = 0; i < head_dim; i += 16) row.load(i).store(open + r * head_dim + i);
    }
    scores_in_tiles<F32>(q, n_heads, head_dim, open, kRows, at(next, t * row_bytes), row_bytes,
                         scale, scores + t, stride);
  }
  return t;
}

void attention_scores_kernel(const float* q, uint64_t n_heads, uint64_t head_dim, uint32_t kv_type,
                             const void* k, uint64_t n_positions, const void* next, float scale,
                             float* scores, uint64_t stride) {
  if (kv_type == BN_TYPE_F16) {
    const uint64_t done = scores_in_tiles<F16>(q, n_heads, head_dim, k, n_positions, next,
                                               2 * head_dim, scale, scores, stride);
    scores_of<PlainRow<F16>>(q, n_heads, head_dim, k, done, n_positions, next, scale, scores,
                             stride);
  } else if (kv_type == BN_TYPE_Q8_0) {
    const uint64_t done =
        q8_scores_in_tiles(q, n_heads, head_dim, k, n_positions, next, scale, scores, stride);
    scores_of<Q8Row>(q, n_heads, head_dim, k, done, n_positions, next, scale, scores, stride);
  } else {
    const uint64_t done = scores_in_tiles<F32>(q, n_heads, head_dim, k, n_positions, next,
                                               4 * head_dim, scale, scores, stride);
    scores_of<PlainRow<F32>>(q, n_heads, head_dim, k, done, n_positions, next, scale, scores,
                             stride);
  }
}

float softmax_kernel(float* scores, uint64_t n) {
  // The order in which the maximum is taken does not show: NaN never enters it, and zeros of
  // different sign give the same exp below.
  V m = V::set1(-__builtin_inff());
  uint64_t i = 0;
  for (; i + 16 <= n; i += 16) m = V::max(V::load(scores + i), m);
  float lanes[16];
  m.store(lanes);
  float largest = -__builtin_inff();
  for (float v : lanes) largest = v > largest ? v : largest;
  for (; i < n; ++i) largest = scores[i] > largest ? scores[i] : largest;

  const V mm = V::set1(largest);
  V sum = V::zero();
  for (i = 0; i + 16 <= n; i += 16) {
    const V e = exp_of(V::sub(V::load(scores + i), mm));
    e.store(scores + i);
    sum = V::add(sum, e);
  }
  if (i < n) {
    store_part(exp_of(V::sub(load_part(scores + i, n - i), mm)), scores + i, n - i);
    sum.store(lanes);
    for (uint64_t j = 0; i + j < n; ++j) lanes[j] += scores[i + j];
    sum = V::load(lanes);
  }
  return sum.fold();
}

// Asks for some bytes of each of the next call's rows: a little with every step of this one, because many
// prefetches at once wait for each other, and in the order of addresses, which memory is fastest at.
struct NextRows {
  const unsigned char *p, *row_end;
  uint64_t skip;  // from one row's end to the next one's beginning
  uint64_t bytes;

  NextRows(const void* rows, uint64_t row_bytes, uint64_t begin, uint64_t end)
      : p(at(rows, begin)),
        row_end(at(rows, end)),
        skip(row_bytes - (end - begin)),
        bytes(row_bytes) {}

  void ask(uint64_t step) {
    __builtin_prefetch(p, 0, 2);
    p += step;
    if (p >= row_end) {
      p += skip;
      row_end += bytes;
    }
  }
};

// Columns i..i+n (n <= 16) of H heads' accumulators over all positions.
template <typename Row, int H>
inline void mix_columns(const float* e, uint64_t stride, uint64_t head_dim, const void* v,
                        uint64_t n_positions, uint64_t i, uint64_t n, NextRows* next, float* acc) {
  const bool whole = n == 16;
  V sum[H];
  BN_UNROLL
  for (int h = 0; h < H; ++h) {
    sum[h] = whole ? V::load(acc + h * head_dim + i) : load_part(acc + h * head_dim + i, n);
  }
  NextRows ahead = *next;  // in registers
  for (uint64_t t = 0; t < n_positions; ++t) {
    ahead.ask(Row::byte_of(16));
    const Row row(at(v, t * Row::bytes(head_dim)), head_dim);
    const V value = whole ? row.load(i) : row.part(i, n);
    BN_UNROLL
    for (int h = 0; h < H; ++h) sum[h] = V::fma(V::set1(e[h * stride + t]), value, sum[h]);
  }
  *next = ahead;
  BN_UNROLL
  for (int h = 0; h < H; ++h) {
    if (whole) {
      sum[h].store(acc + h * head_dim + i);
    } else {
      store_part(sum[h], acc + h * head_dim + i, n);
    }
  }
}

template <typename Row, int H>
void mix_heads(const float* e, uint64_t stride, uint64_t head_dim, const void* v,
               uint64_t n_positions, const void* next, uint64_t begin, uint64_t end, float* acc) {
  NextRows ahead(next, Row::bytes(head_dim), Row::byte_of(begin), Row::byte_of(end));
  uint64_t i = begin;
  for (; i + 16 <= end; i += 16) {
    mix_columns<Row, H>(e, stride, head_dim, v, n_positions, i, 16, &ahead, acc);
  }
  if (i < end) {
    mix_columns<Row, H>(e, stride, head_dim, v, n_positions, i, end - i, &ahead, acc);
  }
}

template <typename Row>
void mix_of(const float* e, uint64_t stride, uint64_t n_heads, uint64_t head_dim, const void* v,
            uint64_t n_positions, const void* next, uint64_t begin, uint64_t end, float* acc) {
  uint64_t h = 0;
  for (; h + 4 <= n_heads; h += 4) {
    mix_heads<Row, 4>(e + h * stride, stride, head_dim, v, n_positions, next, begin, end,
                      acc + h * head_dim);
  }
  for (; h < n_heads; ++h) {
    mix_heads<Row, 1>(e + h * stride, stride, head_dim, v, n_positions, next, begin, end,
                      acc + h * head_dim);
  }
}

void attention_mix_kernel(const float* e, uint64_t stride, uint64_t n_heads, uint64_t head_dim,
                          uint32_t kv_type, const void* v, uint64_t n_positions,
                          const void* next, uint64_t column_begin, uint64_t column_end,
                          float* acc) {
  const auto mix = kv_type == BN_TYPE_F16    ? mix_of<PlainRow<F16>>
                   : kv_type == BN_TYPE_Q8_0 ? mix_of<Q8Row>
                                             : mix_of<PlainRow<F32>>;
  mix(e, stride, n_heads, head_dim, v, n_positions, next, column_begin, column_end, acc);
}

}  // namespace
