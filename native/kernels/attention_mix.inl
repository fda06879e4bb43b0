// Mixing of values: their sums weighted with the exponentials of queries that share a KV head.
#pragma once

#include "kernels/attention_rows.inl"

namespace {

// What mixing fetches meanwhile, a Fetch: some bytes of each of the next call's rows. A little with every
// step, because many prefetches at once wait for each other, and in the order of addresses, which memory is
// fastest at.
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
    for (uint64_t i = 0; i < step; i += 64) __builtin_prefetch(p + i, 0, 2);
    p += step;
    if (p >= row_end) {
      p += skip;
      row_end += bytes;
    }
  }
};

// The same when all has been asked for.
struct NoRows {
  void ask(uint64_t) {}
};

// Registers of columns that are mixed at once: where a V is one register, enough for sums that need not wait
// for each other.
constexpr int kMixColumns = kPartLanes == 16 ? 4 : 1;

// Columns i..i+16*C-1 of H queries' accumulators over all positions.
template <typename Row, int H, int C, typename Fetch>
inline void mix_columns(const float* e, uint64_t stride, uint64_t head_dim, const void* v,
                        uint64_t n_positions, uint64_t i, Fetch* next, float* acc) {
  V sum[H][C];
  BN_UNROLL
  for (int h = 0; h < H; ++h) {
    BN_UNROLL
    for (int c = 0; c < C; ++c) sum[h][c] = V::load(acc + h * head_dim + i + 16 * c);
  }
  Fetch ahead = *next;  // in registers
  for (uint64_t t = 0; t < n_positions; ++t) {
    const Row row(at(v, t * Row::bytes(head_dim)), head_dim);
    ahead.ask(Row::byte_of(16 * C));
    V value[C];
    BN_UNROLL
    for (int c = 0; c < C; ++c) value[c] = row.load(i + 16 * c);
    BN_UNROLL
    for (int h = 0; h < H; ++h) {
      const V weight = V::set1(e[h * stride + t]);
      BN_UNROLL
      for (int c = 0; c < C; ++c) sum[h][c] = V::fma(weight, value[c], sum[h][c]);
    }
  }
  *next = ahead;
  BN_UNROLL
  for (int h = 0; h < H; ++h) {
    BN_UNROLL
    for (int c = 0; c < C; ++c) sum[h][c].store(acc + h * head_dim + i + 16 * c);
  }
}

// The last n < 16 columns of one query's.
template <typename Row, typename Fetch>
void mix_last_columns(const float* e, uint64_t head_dim, const void* v, uint64_t n_positions,
                      uint64_t i, uint64_t n, Fetch* next, float* acc) {
  V sum = load_part(acc + i, n);
  for (uint64_t t = 0; t < n_positions; ++t) {
    next->ask(Row::byte_of(16));
    const V value = Row(at(v, t * Row::bytes(head_dim)), head_dim).part(i, n);
    sum = V::fma(V::set1(e[t]), value, sum);
  }
  store_part(sum, acc + i, n);
}

template <typename Row, int H, typename Fetch>
BN_NO_INLINE void mix_queries(const float* e, uint64_t stride, uint64_t head_dim, const void* v,
                              uint64_t n_positions, Fetch ahead, uint64_t begin, uint64_t end,
                              float* acc) {
  uint64_t i = begin;
  for (; i + 16 * kMixColumns <= end; i += 16 * kMixColumns) {
    mix_columns<Row, H, kMixColumns>(e, stride, head_dim, v, n_positions, i, &ahead, acc);
  }
  for (; i + 16 <= end; i += 16) {
    mix_columns<Row, H, 1>(e, stride, head_dim, v, n_positions, i, &ahead, acc);
  }
  for (uint64_t h = 0; h < H && i < end; ++h) {
    mix_last_columns<Row>(e + h * stride, head_dim, v, n_positions, i, end - i, &ahead,
                          acc + h * head_dim);
  }
}

template <typename Row, typename Fetch>
void mix_ahead(const float* e, uint64_t stride, uint64_t n_queries, uint64_t head_dim,
               const void* v, uint64_t n_positions, Fetch ahead, uint64_t begin, uint64_t end,
               float* acc) {
  uint64_t j = 0;
  for (; j + 4 <= n_queries; j += 4) {
    mix_queries<Row, 4>(e + j * stride, stride, head_dim, v, n_positions, ahead, begin, end,
                        acc + j * head_dim);
  }
  for (; j < n_queries; ++j) {
    mix_queries<Row, 1>(e + j * stride, stride, head_dim, v, n_positions, ahead, begin, end,
                        acc + j * head_dim);
  }
}

template <typename Row>
void mix_of(const float* e, uint64_t stride, uint64_t n_queries, uint64_t head_dim, const void* v,
            uint64_t n_positions, const void* next, uint64_t begin, uint64_t end, float* acc) {
  if (n_queries < kManyQueries || !can_open(head_dim)) {
    const NextRows ahead(next, Row::bytes(head_dim), Row::byte_of(begin), Row::byte_of(end));
    return mix_ahead<Row>(e, stride, n_queries, head_dim, v, n_positions, ahead, begin, end, acc);
  }
  float open[kOpenRows * kOpenColumns];
  for (uint64_t t = 0; t < n_positions; t += kOpenRows) {
    const uint64_t n = n_positions - t < kOpenRows ? n_positions - t : kOpenRows;
    const uint64_t byte = t * Row::bytes(head_dim);
    open_rows<Row>(at(v, byte), n, head_dim, begin, end, at(next, byte), open);
    mix_ahead<PlainRow<F32>>(e + t, stride, n_queries, head_dim, open, n, NoRows(), begin, end,
                             acc);
  }
}

void attention_mix_kernel(const float* e, uint64_t stride, uint64_t n_queries, uint64_t head_dim,
                          uint32_t kv_type, const void* v, uint64_t n_positions, const void* next,
                          uint64_t column_begin, uint64_t column_end, float* acc) {
  const auto mix = kv_type == BN_TYPE_F16    ? mix_of<PlainRow<F16>>
                   : kv_type == BN_TYPE_Q8_0 ? mix_of<Q8Row>
                                             : mix_of<PlainRow<F32>>;
  mix(e, stride, n_queries, head_dim, v, n_positions, next, column_begin, column_end, acc);
}

}  // namespace
