#include "runtime/screened_head.h"

#include <math.h>

#include <algorithm>
#include <atomic>
#include <functional>

namespace bitnet {
namespace {

// Rows that a thread takes at a time: long streams (kernels/build.h), few enough for their sums to stay near.
constexpr uint64_t kChunkRows = 128;

void raise_to(std::atomic<uint32_t>* highest, uint32_t value) {
  uint32_t seen = highest->load(std::memory_order_relaxed);
  while (value > seen &&
         !highest->compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
  }
}

// The k-th highest of n values; a heap of the k highest so far, the lowest of them on top, lies in heap[k].
float kth_highest(const float* values, uint64_t n, uint64_t k, float* heap) {
  float* const end = heap + k;
  std::copy(values, values + k, heap);
  std::make_heap(heap, end, std::greater<float>());
  for (uint64_t i = k; i < n; ++i) {
    if (values[i] <= *heap) continue;
    std::pop_heap(heap, end, std::greater<float>());
    end[-1] = values[i];
    std::push_heap(heap, end, std::greater<float>());
  }
  return *heap;
}

}  // namespace

int32_t ScreenedHead::build(const StoredHead& head, bn_pool* pool) {
  PoolLease threads(pool);
  Array<float> widened;  // [threads][cols]
  Array<int8_t> codes;
  Array<ScreenRow> rows;
  if (!widened.allocate(threads.n_threads() * head.cols) ||
      !codes.allocate(head.rows * head.cols) || !rows.allocate(head.rows)) {
    return BN_ERROR_OUT_OF_MEMORY;
  }
  prefer_huge_pages(codes.data(), codes.bytes());
  std::atomic<bool> finite{true};
  std::atomic<uint32_t> largest_code_sum{0};
  threads.for_each(head.rows, kChunkRows, [&](uint64_t begin, uint64_t end, uint32_t thread) {
    float* w = widened.data() + thread * head.cols;
    uint32_t largest = 0;
    for (uint64_t r = begin; r < end; ++r) {
      head.kernel.widen(head.type, head.data + r * head.row_bytes, head.cols, w);
      uint32_t code_sum = 0;
      if (!screen_row(w, head.cols, codes.data() + r * head.cols, &rows[r], &code_sum)) {
        finite.store(false, std::memory_order_relaxed);
      }
      largest = std::max(largest, code_sum);
    }
    raise_to(&largest_code_sum, largest);
  });
  if (!finite.load(std::memory_order_relaxed)) return BN_OK;
  largest_input_ = largest_screen_input(largest_code_sum.load(std::memory_order_relaxed));
  for (uint64_t r = 0; r < head.rows; ++r) largest_norm_ = std::max(largest_norm_, rows[r].norm);
  codes_.swap(codes);
  rows_.swap(rows);
  return BN_OK;
}

bool Screening::allocate(uint64_t rows, uint64_t cols, uint64_t tokens) {
  const uint64_t n = std::min(tokens, kMostTokens);
  return inputs_.allocate(n * cols) && lower_.allocate(n * rows) && candidates_.allocate(n * rows) &&
         highest_.allocate(n * BN_MAX_HIGHEST);
}

uint64_t Screening::bytes_for(uint64_t rows, uint64_t cols, uint64_t tokens) {
  const uint64_t n = std::min(tokens, kMostTokens);
  return Array<int16_t>::bytes_for(n * cols) + Array<float>::bytes_for(n * rows) +
         Array<uint32_t>::bytes_for(n * rows) + Array<float>::bytes_for(n * BN_MAX_HIGHEST);
}

uint64_t Screening::bytes() const {
  return inputs_.bytes() + lower_.bytes() + candidates_.bytes() + highest_.bytes();
}

uint64_t Screening::run(const ScreenedHead& screened, const StoredHead& head, const float* x,
                        uint64_t n_tokens, uint64_t k, PoolLease* threads, float* logits) {
  uint64_t computed = 0;
  for (uint64_t t = 0; t < n_tokens; t += kMostTokens) {
    computed += run_together(screened, head, x + t * head.cols, std::min(n_tokens - t, kMostTokens), k,
                             threads, logits + t * head.rows);
  }
  return computed;
}

// Finds token t's candidates by the rows' upper bounds, which give way to -infinity; returns how many.
uint64_t Screening::find_candidates(uint64_t t, uint64_t rows, uint64_t k, float* upper) {
  // k rows have a logit of at least this, so one whose logit cannot reach it is not among the highest.
  const float limit = kth_highest(&lower_[t * rows], rows, k, &highest_[t * BN_MAX_HIGHEST]);
  uint32_t* const candidates = &candidates_[t * rows];
  uint64_t found = 0;
  for (uint64_t r = 0; r < rows; ++r) {
    candidates[found] = static_cast<uint32_t>(r);
    found += upper[r] >= limit;
    upper[r] = -INFINITY;
  }
  return found;
}

uint64_t Screening::run_together(const ScreenedHead& screened, const StoredHead& head, const float* x,
                                 uint64_t n_tokens, uint64_t k, PoolLease* threads, float* logits) {
  ScreenInput known[kMostTokens];
  bool in_full[kMostTokens];
  for (uint64_t t = 0; t < n_tokens; ++t) {
    int16_t* const q = &inputs_[t * head.cols];
    in_full[t] = !screen_input(x + t * head.cols, head.cols, screened.largest_input_,
                               screened.largest_norm_, q, &known[t]);
    if (in_full[t]) std::fill_n(q, head.cols, int16_t{0});  // the sums of no use
  }
  threads->for_each(head.rows, kChunkRows, [&](uint64_t begin, uint64_t end, uint32_t) {
    int32_t sums[kMostTokens * kChunkRows];
    head.kernel.screen(&screened.codes_[begin * head.cols], head.cols, end - begin, inputs_.data(),
                       n_tokens, sums, kChunkRows);
    for (uint64_t t = 0; t < n_tokens; ++t) {
      if (in_full[t]) continue;
      screen_intervals(&screened.rows_[begin], known[t], sums + t * kChunkRows, end - begin,
                       &lower_[t * head.rows + begin], logits + t * head.rows + begin);
    }
  });
  uint64_t n_candidates[kMostTokens];
  threads->for_each(n_tokens, 1, [&](uint64_t t, uint64_t, uint32_t) {
    if (in_full[t]) return;
    n_candidates[t] = find_candidates(t, head.rows, k, logits + t * head.rows);
    // The copy was read already; beyond this the stored rows alone would have been less.
    in_full[t] = n_candidates[t] > head.rows / 2;
  });

  uint64_t computed = 0;
  for (uint64_t t = 0, n; t < n_tokens; t += n) {
    const float* const input = x + t * head.cols;
    float* const output = logits + t * head.rows;
    if (in_full[t]) {
      for (n = 1; t + n < n_tokens && in_full[t + n]; ++n) {  // neighbours read the stored rows once
      }
      head.compute(input, n, threads, output);
      computed += n * head.rows;
    } else {
      n = 1;
      const uint32_t* const candidates = &candidates_[t * head.rows];
      threads->for_each(n_candidates[t], 4, [&](uint64_t begin, uint64_t end, uint32_t) {
        for (uint64_t i = begin; i < end; ++i) {
          head.kernel.head(head.type, head.data, head.cols, candidates[i], candidates[i] + 1, input, 1,
                           output, head.rows);
        }
      });
      computed += n_candidates[t];
    }
  }
  return computed;
}

}  // namespace bitnet
