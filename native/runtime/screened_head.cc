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

bool Screening::allocate(uint64_t rows, uint64_t cols) {
  return input_.allocate(cols) && lower_.allocate(rows) && candidates_.allocate(rows) &&
         highest_.allocate(BN_MAX_HIGHEST);
}

// A heap of the k highest so far, the lowest of them on top.
float Screening::kth_highest_lower(uint64_t rows, uint64_t k) {
  float* const begin = highest_.data();
  float* const end = begin + k;
  std::copy(lower_.data(), lower_.data() + k, begin);
  std::make_heap(begin, end, std::greater<float>());
  for (uint64_t r = k; r < rows; ++r) {
    if (lower_[r] <= *begin) continue;
    std::pop_heap(begin, end, std::greater<float>());
    end[-1] = lower_[r];
    std::push_heap(begin, end, std::greater<float>());
  }
  return *begin;
}

bool Screening::run(const ScreenedHead& screened, const StoredHead& head, const float* x, uint64_t k,
                    PoolLease* threads, float* logits) {
  if (!screened.ready() || k > BN_MAX_HIGHEST || k >= head.rows) return false;
  ScreenInput input;
  if (!screen_input(x, head.cols, screened.largest_input_, screened.largest_norm_, input_.data(),
                    &input)) {
    return false;
  }
  threads->for_each(head.rows, kChunkRows, [&](uint64_t begin, uint64_t end, uint32_t) {
    int32_t sums[kChunkRows];
    head.kernel.screen(screened.codes_.data() + begin * head.cols, head.cols, end - begin,
                       input_.data(), sums);
    screen_intervals(&screened.rows_[begin], input, sums, end - begin, &lower_[begin],
                     logits + begin);
  });
  // k rows have a logit of at least this, so one whose logit cannot reach it is not among the highest.
  const float limit = kth_highest_lower(head.rows, k);
  uint64_t found = 0;
  for (uint64_t r = 0; r < head.rows; ++r) {
    candidates_[found] = static_cast<uint32_t>(r);
    found += logits[r] >= limit;
    logits[r] = -INFINITY;
  }
  n_candidates_ = found;
  // The copy was read already; beyond this the stored rows alone would have been less.
  if (n_candidates_ > head.rows / 2) return false;
  threads->for_each(n_candidates_, 4, [&](uint64_t begin, uint64_t end, uint32_t) {
    for (uint64_t i = begin; i < end; ++i) {
      const uint64_t r = candidates_[i];
      head.kernel.head(head.type, head.data, head.cols, r, r + 1, x, 1, logits, head.rows);
    }
  });
  return true;
}

}  // namespace bitnet
