// What the machine can do at most: how fast memory is read, how fast bytes are multiplied and added.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

#include "include/bitnet.h"
#include "kernels/registry.h"
#include "runtime/array.h"
#include "runtime/plain_reading.h"
#include "runtime/pool.h"

using namespace bitnet;

namespace {

constexpr uint64_t kLineBytes = 64;
// Words that a thread fills at a time.
constexpr uint64_t kFillWords = uint64_t{1} << 19;
// The best of so many passes counts: whatever else the machine does only ever slows one down.
constexpr int kPasses = 5;
// A pass of multiply-adds takes about so long.
constexpr double kPassSeconds = 0.02;
constexpr uint64_t kMostRounds = uint64_t{1} << 40;
// Pieces that threads take a pass of multiply-adds in.
constexpr uint64_t kPieces = 64;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

int32_t bn_measure_read_bandwidth(bn_pool* pool, uint64_t bytes, double* bytes_per_second) {
  if (pool == nullptr || bytes_per_second == nullptr) return BN_ERROR_NULL;
  if (bytes < kLineBytes || bytes % kLineBytes != 0) return BN_ERROR_ARGUMENT;
  Array<uint64_t> buffer;
  if (!buffer.allocate(bytes / sizeof(uint64_t))) return BN_ERROR_OUT_OF_MEMORY;
  prefer_huge_pages(buffer.data(), buffer.bytes());
  PoolLease lease(pool);
  // Memory that was never written is one page of zeros, read again and again.
  lease.for_each(buffer.size(), kFillWords, [&](uint64_t begin, uint64_t end, uint32_t) {
    for (uint64_t i = begin; i < end; ++i) buffer[i] = i;
  });
  double best = 0;
  for (int pass = 0; pass < kPasses; ++pass) {
    best = std::max(best, read_bandwidth(&lease, buffer.data(), bytes));
  }
  *bytes_per_second = best;
  return BN_OK;
}

int32_t bn_measure_multiply_adds(uint32_t kernel, bn_pool* pool, double* per_second) {
  if (pool == nullptr || per_second == nullptr) return BN_ERROR_NULL;
  if (kernel >= kernel_count()) return BN_ERROR_UNKNOWN_KERNEL;
  if (!kernel_runnable(kernel)) return BN_ERROR_KERNEL_NOT_RUNNABLE;
  const auto multiply_adds = kernel_at(kernel).multiply_adds;
  if (multiply_adds == nullptr) {
    *per_second = 0;
    return BN_OK;
  }
  PoolLease lease(pool);
  const auto pass = [&](uint64_t rounds) {
    std::atomic<uint64_t> count{0};
    const Clock::time_point start = Clock::now();
    lease.for_each(kPieces, 1, [&](uint64_t, uint64_t, uint32_t) {
      count += multiply_adds(rounds);
    });
    const double seconds = seconds_since(start);
    return std::pair<double, double>(seconds, static_cast<double>(count) / seconds);
  };
  uint64_t rounds = 1;
  // A build from elsewhere may count without doing anything: the doubling ends all the same.
  while (pass(rounds).first < kPassSeconds && rounds < kMostRounds) rounds *= 2;
  double best = 0;
  for (int i = 0; i < kPasses; ++i) {
    const double rate = pass(rounds).second;
    if (rate > best) best = rate;
  }
  *per_second = best;
  return BN_OK;
}
